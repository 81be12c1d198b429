/**
 * A node: beats, hears with each answer who leads, and writes to the ledger for as long as it believes that this is itself. Somebody who
 * was paused, or hears no answers, goes on believing.
 */
import { z } from 'zod';
import { serveHttp } from '../../fabric/services/http-service.ts';
import { Metrics } from '../../fabric/services/metrics.ts';
import { readDurationMs, readText } from '../../fabric/services/settings.ts';

const WRITE_EVERY_MS = 100;
const ANSWER_MS_MAX = 400;

const officeShape = z.object({ leader: z.string().optional(), token: z.number() });

const name = readText(process.env, 'NODE');
const intervalMs = readDurationMs(process.env, 'HEARTBEAT_INTERVAL', '500ms');
const metrics = new Metrics();
let office: z.output<typeof officeShape> = { token: 0 };

async function post(url: string): Promise<Response> {
  return await fetch(url, { method: 'POST', signal: AbortSignal.timeout(ANSWER_MS_MAX) });
}

async function beat(): Promise<void> {
  const answer = await post(`http://monitor:8080/beat/${name}`);
  office = officeShape.parse(await answer.json());
}

async function write(): Promise<void> {
  if (office.leader !== name) return;
  const { status } = await post(`http://ledger:8080/write/${name}/${office.token}`);
  metrics.count('node_writes_total', 'Writes that the ledger answered.', { status: String(status) });
}

function often(everyMs: number, what: string, act: () => Promise<void>): void {
  const count = () => metrics.count('node_failures_total', 'Calls that nobody answered.', { what });
  setInterval(() => void act().catch(count), everyMs);
}

often(intervalMs, 'beat', beat);
often(WRITE_EVERY_MS, 'write', write);
serveHttp({ port: 8080, metrics, unwell: () => undefined, routes: {} });
