/**
 * The process that sends the load: apart from the runner, so that neither the runner's work nor a stuck script shows in
 * the figures. It is told what to do over IPC, sends a frame every 100 ms, and ends with the runner.
 */

import { type RunClock, runClock } from '../pacing/clock.ts';
import { createRandom } from '../pacing/random.ts';
import { Schedule } from '../pacing/schedule.ts';
import { Gauges } from '../recording/gauges.ts';
import { Recorder } from '../recording/recorder.ts';
import { RequestsWorkload } from '../requests/requests-workload.ts';
import { assertAutocannon } from '../transport/autocannon-contract.ts';
import { FRAME_MS, type FromGenerator, type ToGenerator, toGenerator } from './messages.ts';
import { planScenarios } from './plan-scenarios.ts';
import { ScenarioRun, usersMaxOf } from './scenario-run.ts';

/** Timeouts are seen to this often. */
const SWEEP_MS = 20;
const FACTS_MS = 1000;
/** Connections that are to be open before the first request get this long. */
const WARM_MS_MAX = 500;

/** `sent` is called when the message has left, with all before it. */
function tell(message: FromGenerator, sent: () => void = () => {}): void {
  if (process.connected) process.send?.(message, undefined, undefined, sent);
  else sent();
}

/** A scenario begins at its startTime, or where that is past, once its connections are open: what was never planned is not late. */
async function runScenario(run: ScenarioRun, startTimeMs: number, clock: RunClock): Promise<void> {
  const waitMs = startTimeMs - clock.nowMs() - WARM_MS_MAX;
  if (waitMs > 0) await Promise.race([run.done, new Promise((resolve) => setTimeout(resolve, waitMs))]);
  await Promise.race([run.done, run.warm(), new Promise((resolve) => setTimeout(resolve, WARM_MS_MAX))]);
  run.begin(Math.max(startTimeMs, clock.nowMs()));
  await run.done;
}

async function generate({ scenarios, startNs, seed }: Extract<ToGenerator, { type: 'begin' }>): Promise<void> {
  assertAutocannon();
  const clock = runClock(BigInt(startNs));
  const gauges = new Gauges();
  const schedule = new Schedule(clock);
  const recorder = new Recorder((series) => tell({ type: 'series', series }));
  const runs = planScenarios(scenarios, seed).map(({ scenario, plan }) => {
    const series = recorder.series(scenario.name, scenario.tags);
    const workload = new RequestsWorkload({ scenario, seed, clock, series, socketsMax: usersMaxOf(plan) });
    const random = createRandom(seed, `${scenario.name}/pauses`);
    const run = new ScenarioRun({ plan, workload, gracefulStopMs: scenario.gracefulStop.ms, random, clock, schedule, gauges });
    return { run, workload, startTimeMs: scenario.startTime.ms };
  });
  const timers = [
    setInterval(() => {
      for (const { run } of runs) run.sweep(clock.nowMs());
    }, SWEEP_MS),
    setInterval(() => tell({ type: 'frame', cells: recorder.take() }), FRAME_MS),
    setInterval(() => tell({ type: 'facts', facts: gauges.take() }), FACTS_MS),
  ];
  stop = (graceMs) => {
    for (const { run } of runs) run.stop(graceMs);
  };
  await Promise.all(runs.map(({ run, startTimeMs }) => runScenario(run, startTimeMs, clock)));
  for (const timer of timers) clearInterval(timer);
  await schedule.stop();
  gauges.stop();
  tell({ type: 'frame', cells: recorder.take() });
  const retried = runs.reduce((sum, { workload }) => sum + workload.retried, 0);
  const totals = { ...recorder.totals(), retried, ...gauges.whole() };
  await new Promise<void>((resolve) => tell({ type: 'ended', totals }, resolve));
}

let stop: (graceMs: number) => void = () => {};

/** Without the runner there is nobody to send load for. */
process.once('disconnect', () => process.exit());
process.on('message', (received: unknown) => {
  const message = toGenerator.parse(received);
  if (message.type === 'stop') stop(message.graceMs);
  else void generate(message).then(() => process.disconnect());
});
/** Ctrl-C in a terminal reaches the whole group; the runner decides when the load ends. */
process.on('SIGINT', () => {});
