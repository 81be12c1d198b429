/** The monitor: POST /beat/<node> is a heartbeat, answered with who leads and under which token; /metrics says who lives. */
import { serveHttp } from '../../fabric/services/http-service.ts';
import { Metrics } from '../../fabric/services/metrics.ts';
import { readDurationMs, readNumber } from '../../fabric/services/settings.ts';
import { Membership, timeoutMs } from './membership.ts';

const LOOK_EVERY_MS = 25;

const intervalMs = readDurationMs(process.env, 'HEARTBEAT_INTERVAL', '500ms');
const marginMs = readDurationMs(process.env, 'HEARTBEAT_MARGIN', '750ms');
const timeout = timeoutMs(readNumber(process.env, 'HEARTBEAT_MISSES', 3), intervalMs, marginMs);
// Its memory goes with it, and the ledger's does not. Leaders change less than once a second, so the second it begins in lies above all of their tokens.
const membership = new Membership(timeout, Math.floor(Date.now() / 1000));
const metrics = new Metrics();

setInterval(() => {
  const dead = membership.look(performance.now());
  for (const name of dead) process.stdout.write(`${name} is dead\n`);
  for (const { name, lives, deaths } of membership.members()) {
    metrics.gauge('heartbeat_alive', 'Whether a node lives, as far as the monitor knows.', { node: name }, lives ? 1 : 0);
    metrics.gauge('heartbeat_deaths', 'How often it was declared dead.', { node: name }, deaths);
  }
  metrics.gauge('heartbeat_token', 'The token of the leader.', {}, membership.office.token);
}, LOOK_EVERY_MS);

serveHttp({
  port: 8080,
  metrics,
  unwell: () => undefined,
  routes: {
    beat: ([name = ''], method) => {
      if (method !== 'POST' || name === '') return { status: 405, body: 'POST /beat/<node>' };
      membership.beat(name, performance.now());
      return { status: 200, body: { ...membership.office } };
    },
  },
});
