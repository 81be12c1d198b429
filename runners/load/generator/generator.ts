/**
 * The process that sends the load: apart from the runner, so that neither the runner's work nor a stuck script shows in
 * the figures. It is told what to do over IPC, sends a frame every 100 ms, and ends with the runner.
 */
import { momentText, type StartTime } from '../../../experiments/language/start-time.ts';
import { ownCount } from '../drivers/launcher.ts';
import { type RunClock, runClock } from '../pacing/clock.ts';
import { createRandom } from '../pacing/random.ts';
import { Schedule } from '../pacing/schedule.ts';
import { AskedSeries } from '../recording/asked-series.ts';
import { Gauges } from '../recording/gauges.ts';
import { Recorder } from '../recording/recorder.ts';
import { connectOptions } from '../requests/connect.ts';
import { RequestsWorkload } from '../requests/requests-workload.ts';
import { assertAutocannon } from '../transport/autocannon-contract.ts';
import { FRAME_MS, type FromGenerator, type ToGenerator, toGenerator } from './messages.ts';
import { Moments } from './moments.ts';
import { planScenarios } from './plan-scenarios.ts';
import { ScenarioRun, usersMaxOf } from './scenario-run.ts';
import { seedFor, shareAmong } from './share.ts';

/** Timeouts are seen to this often. */
const SWEEP_MS = 20;
const FACTS_MS = 1000;
/** Connections that are to be open before the first request get this long. */
const WARM_MS_MAX = 500;

type Begin = Extract<ToGenerator, { type: 'begin' }>;

/** `sent` is called when the message has left, with all before it. */
function tell(message: FromGenerator, sent: () => void = () => {}): void {
  if (process.connected) process.send?.(message, undefined, undefined, sent);
  else sent();
}

/** A scenario at work in this process. */
interface Planned {
  readonly run: ScenarioRun;
  readonly workload: RequestsWorkload;
  readonly name: string;
  readonly startTime: StartTime;
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Opens a scenario's connections, for a bounded time. */
function warmUp(run: ScenarioRun): Promise<void> {
  return Promise.race([run.done, run.warm(), wait(WARM_MS_MAX)]);
}

/**
 * What starts at the beginning, or at a moment that nobody knows beforehand, is made ready before anything begins, for
 * all generators at once; the rest, shortly before its time.
 */
function isDueAtOnce({ startTime: { ms, after } }: Planned, nowMs: number): boolean {
  return after !== undefined || ms - nowMs <= 2 * WARM_MS_MAX;
}

/** A scenario begins at its startTime, or where that is past, when all begin: what was never planned is not late. */
async function runScenario({ run, startTime: { ms, after } }: Planned, clock: RunClock, begunMs: number, isWarm: boolean): Promise<void> {
  const come = after && (await Promise.race([run.done, moments.when(after)]));
  if (after && !come) return;
  const startTimeMs = come ? Math.max(come.atMs + ms, come.earliestMs) : ms;
  const waitMs = startTimeMs - clock.nowMs() - 2 * WARM_MS_MAX;
  if (waitMs > 0) await Promise.race([run.done, wait(waitMs)]);
  if (!isWarm) await warmUp(run);
  run.begin(Math.max(startTimeMs, begunMs));
  await run.done;
}

/** The scenarios in which this process has a part. */
function planned(
  { scenarios, seed, share, askedTags }: Begin,
  clock: RunClock,
  recorder: Recorder,
  schedule: Schedule,
  gauges: Gauges,
): Planned[] {
  const asked = new AskedSeries(recorder, askedTags);
  return planScenarios(scenarios, seed).flatMap(({ scenario, plan }) => {
    const own = shareAmong(usersMaxOf(plan), share);
    if (!own) return [];
    const ownSeed = seedFor(seed, own);
    const socketsMax = ownCount(usersMaxOf(plan), own);
    const lag = (ms: number) => gauges.lag(ms);
    const connect = connectOptions(scenario, process.env);
    const workload = new RequestsWorkload({ scenario, seed: ownSeed, clock, recorder, asked, schedule, lag, socketsMax, connect });
    const random = createRandom(ownSeed, `${scenario.name}/pauses`);
    const gracefulStopMs = scenario.gracefulStop.ms;
    const minIterationMs = scenario.minIterationDuration?.ms ?? 0;
    const run = new ScenarioRun({ plan, share: own, workload, gracefulStopMs, minIterationMs, random, clock, schedule, gauges });
    return [{ run, workload, name: scenario.name, startTime: scenario.startTime }];
  });
}

function usersOf(all: readonly Planned[]): { vus: number; vusMax: number } {
  const sum = (count: (run: ScenarioRun) => number) => all.reduce((before, { run }) => before + count(run), 0);
  return { vus: sum(({ users }) => users.underWay), vusMax: sum(({ users }) => users.count) };
}

/** One of the generators says it for all. */
function tellOfThoseThatNeverBegan(all: readonly Planned[]): void {
  for (const { name, startTime } of all) {
    if (!startTime.after || moments.has(startTime.after)) continue;
    const text = `load scenario ${name} never began: it was to start after ${momentText(startTime.after)}, which never came`;
    tell({ type: 'note', level: 'warning', text });
  }
}

async function generate(order: Begin): Promise<void> {
  assertAutocannon();
  const clock = runClock(BigInt(order.startNs));
  const gauges = new Gauges();
  const schedule = new Schedule(clock);
  const recorder = new Recorder((series) => tell({ type: 'series', series }), {
    onMetric: (metric) => tell({ type: 'metric', metric }),
    onOverflow: (text) => tell({ type: 'note', level: 'warning', text }),
  });
  const all = planned(order, clock, recorder, schedule, gauges);
  const timers = [
    setInterval(() => {
      for (const { run } of all) run.sweep(clock.nowMs());
    }, SWEEP_MS),
    setInterval(() => tell({ type: 'frame', cells: recorder.take() }), FRAME_MS),
    setInterval(() => tell({ type: 'facts', facts: gauges.take(usersOf(all)) }), FACTS_MS),
  ];
  stop = (graceMs) => {
    for (const { run } of all) run.stop(graceMs);
    go(clock.nowMs());
  };
  const dueAtOnce = all.filter((each) => isDueAtOnce(each, clock.nowMs()));
  await Promise.all(dueAtOnce.map(({ run }) => warmUp(run)));
  tell({ type: 'ready' });
  const begunMs = await begun;
  await Promise.all(all.map((each) => runScenario(each, clock, begunMs, dueAtOnce.includes(each))));
  for (const timer of timers) clearInterval(timer);
  if (order.share.index === 0) tellOfThoseThatNeverBegan(all);
  await schedule.stop();
  gauges.stop();
  tell({ type: 'frame', cells: recorder.take() });
  const retried = all.reduce((sum, { workload }) => sum + workload.retried, 0);
  const totals = { requests: recorder.totals(), retried, lag: gauges.whole() };
  await new Promise<void>((resolve) => tell({ type: 'ended', totals }, resolve));
}

/** The instant at which all generators begin, once the runner has told it. */
let go: (atMs: number) => void = () => {};
const begun = new Promise<number>((resolve) => {
  go = resolve;
});
const moments = new Moments();
let stop: (graceMs: number) => void = () => {};

/** Without the runner there is nobody to send load for. */
process.once('disconnect', () => process.exit());
process.on('message', (received: unknown) => {
  const message = toGenerator.parse(received);
  if (message.type === 'stop') stop(message.graceMs);
  else if (message.type === 'go') go(message.atMs);
  else if (message.type === 'moment') moments.tell(message);
  else void generate(message).then(() => process.disconnect());
});
/** Ctrl-C in a terminal reaches the whole group; the runner decides when the load ends. */
process.on('SIGINT', () => {});
