/**
 * The ledger: POST /write/<node>/<token> writes a line. One under an older token comes from a leader who does not know that it no more is one;
 * with fencing it is refused (409), without it is taken, and counted as the harm that it is.
 */
import { type Answer, serveHttp } from '../../fabric/services/http-service.ts';
import { Metrics } from '../../fabric/services/metrics.ts';
import { readSwitch } from '../../fabric/services/settings.ts';

const fencing = readSwitch(process.env, 'HEARTBEAT_FENCING');
const metrics = new Metrics();
let newest = 0;

/** Counters that are there from the start read 0, and not nothing. */
const counted = { written: 0, fenced: 0, stale: 0 };
function tell(): void {
  for (const [kind, count] of Object.entries(counted))
    metrics.gauge('ledger_writes', 'Written under the newest token; refused, and taken, under an older one.', { kind }, count);
}

function write([, text = '']: readonly string[], method: string): Answer {
  const token = Number(text);
  if (method !== 'POST' || !Number.isInteger(token)) return { status: 400, body: 'POST /write/<node>/<token>' };
  const isStale = token < newest;
  newest = Math.max(newest, token);
  const kind = isStale ? (fencing ? 'fenced' : 'stale') : 'written';
  counted[kind] += 1;
  tell();
  return { status: kind === 'fenced' ? 409 : 200, body: { kind, newest } };
}

tell();
serveHttp({ port: 8080, metrics, unwell: () => undefined, routes: { write, newest: () => ({ status: 200, body: { newest } }) } });
