/** A client at full speed in a process of its own, which says what it came to: `node client-process.ts NAME URL CONNECTIONS SECONDS`. */
import autocannon from 'autocannon';
import { planScenarios } from '../../../runners/load/generator/plan-scenarios.ts';
import { ScenarioRun } from '../../../runners/load/generator/scenario-run.ts';
import { runClock } from '../../../runners/load/pacing/clock.ts';
import { Schedule } from '../../../runners/load/pacing/schedule.ts';
import { Recorder } from '../../../runners/load/recording/recorder.ts';
import { RequestsWorkload } from '../../../runners/load/requests/requests-workload.ts';
import { cpuUs, scenario } from './shared.ts';

export interface Cost {
  readonly requests: number;
  readonly us: number;
}

const [name = '', url = '', connectionsText = '', secondsText = ''] = process.argv.slice(2);
const [connections, seconds] = [Number(connectionsText), Number(secondsText)];

async function byAutocannon(): Promise<number> {
  const result = await autocannon({ url, connections, duration: seconds });
  return result['2xx'];
}

/** undici's own fast path: `dispatch` on a pool. */
async function byUndici(): Promise<number> {
  const { Pool } = await import('undici');
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections, pipelining: 1 });
  const untilMs = performance.now() + seconds * 1000;
  let done = 0;
  const one = async (): Promise<void> => {
    while (performance.now() < untilMs) {
      const { body } = await pool.request({ path: pathname, method: 'GET' });
      await body.dump();
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, one));
  await pool.close();
  return done;
}

/** The whole YAML path of the generator, recorder and frames included, with as many virtual users as there are connections. */
async function byFiredrill(): Promise<number> {
  const [planned] = planScenarios([scenario(url, 'constant-vus', { vus: connections, duration: `${seconds}s` })]);
  if (!planned) throw new Error('one scenario makes one plan');
  const clock = runClock(process.hrtime.bigint());
  const schedule = new Schedule(clock);
  const recorder = new Recorder(() => {});
  const { plan, scenario: settings } = planned;
  const workload = new RequestsWorkload({ scenario: settings, seed: 1, clock, recorder, schedule, socketsMax: connections });
  const run = new ScenarioRun({ plan, workload, gracefulStopMs: settings.gracefulStop.ms, clock, schedule, gauges: { lag() {} } });
  const frames = setInterval(() => JSON.stringify(recorder.take()), 100);
  await run.warm();
  run.begin(clock.nowMs());
  await run.done;
  clearInterval(frames);
  await schedule.stop();
  return recorder.totals().ok;
}

const CLIENTS: Readonly<Record<string, () => Promise<number>>> = { autocannon: byAutocannon, undici: byUndici, firedrill: byFiredrill };

const client = CLIENTS[name];
if (!client) throw new Error(`there is no client ${name}`);
const before = process.cpuUsage();
const requests = await client();
process.stdout.write(`${JSON.stringify({ requests, us: cpuUs(before) } satisfies Cost)}\n`);
