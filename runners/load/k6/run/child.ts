/**
 * The process that runs a script: apart from the runner and from the load that is written in YAML, so that a script that
 * loops for ever, or eats all memory, takes down itself only. It is told what to do over IPC and ends with the runner.
 */
import { demandOfAll } from '../../generator/how-many.ts';
import { FRAME_MS } from '../../generator/messages.ts';
import { usersMaxOf } from '../../generator/scenario-run.ts';
import { runClock } from '../../pacing/clock.ts';
import { Schedule } from '../../pacing/schedule.ts';
import { Gauges } from '../../recording/gauges.ts';
import { Recorder } from '../../recording/recorder.ts';
import { assertAutocannon } from '../../transport/autocannon-contract.ts';
import { proxiesFrom } from '../../transport/proxies.ts';
import { Connections } from '../connections.ts';
import { K6_EXIT, ScriptFailure } from '../exit-codes.ts';
import { JournalTap } from '../journal-tap.ts';
import { type LoadedScript, loadScript } from '../load-script.ts';
import { Log } from '../log.ts';
import { OpenFiles } from '../open-files.ts';
import type { ScriptPlan } from '../plan-script.ts';
import { type ScriptResult, ScriptRun } from '../script-run.ts';
import { ScriptTest } from '../script-test.ts';
import { type FromScript, type ScriptDescription, type ToScript, toScript } from './messages.ts';
import { SampleWriter } from './sample-file.ts';
import { watchStalls } from './stall-watch.ts';
import { TELL_MS, TeamLink } from './team-link.ts';

/** `sent` is called when the message has left, with all before it. */
function tell(message: FromScript, sent: () => void = () => {}): void {
  if (process.connected) process.send?.(message, undefined, undefined, sent);
  else sent();
}

function describe(script: LoadedScript, { options, scenarios }: ScriptPlan, exports: readonly string[]): ScriptDescription {
  return {
    file: script.file,
    sha256: script.sha256,
    options,
    exports,
    scenarios: scenarios.map(({ option, plan }) => ({
      name: option.name,
      executor: option.executor,
      exec: option.exec,
      text: plan.text,
      startMs: option.startTime.ms,
      endMs: option.startTime.ms + plan.durationMs,
      vusMax: usersMaxOf(plan),
    })),
    demand: demandOfAll(scenarios.map(({ plan }) => plan)),
  };
}

type Begin = Extract<ToScript, { type: 'begin' }>;

let stop: (message: Extract<ToScript, { type: 'stop' }>) => void = () => {};
/** Hears from the other processes of the test, from when this one is told what to do. */
let team: TeamLink | undefined;

async function carryOut({ order, startNs, runs, leads }: Begin, link: TeamLink): Promise<ScriptResult | undefined> {
  assertAutocannon();
  const clock = runClock(BigInt(startNs));
  const log = new Log((entry) => tell({ type: 'log', entry }));
  const script = await loadScript(order.path, order.folder, order.engine);
  const recorder = new Recorder((series) => tell({ type: 'series', series }), {
    onMetric: (metric) => tell({ type: 'metric', metric }),
    onOverflow: (text) => tell({ type: 'note', level: 'warning', text }),
  });
  const journal = order.journalTags === undefined ? undefined : new JournalTap(recorder, clock, order.journalTags);
  const writers = runs
    ? (order.outputs ?? []).map((file) => new SampleWriter(file, leads, (error) => log.failure(`--out ${file.path}: ${error.message}`)))
    : [];
  const { environment, seed } = order;
  const test = new ScriptTest({
    clock,
    seed,
    log,
    files: new OpenFiles(order.path),
    environment,
    journal,
    taps: writers,
  });
  link.join(test);
  const stalls = await watchStalls(() => test.atWork?.who ?? 'the init context');
  const gauges = new Gauges();
  const schedule = new Schedule(clock);
  const connections = new Connections({ clock, proxy: proxiesFrom(process.env) });
  const run = new ScriptRun({
    ...order,
    test,
    script,
    schedule,
    gauges,
    connections,
    team: link,
    onIteration: (tags, intendedMs) => journal?.series(tags).iteration(intendedMs),
    onPlan: (plan, exports) => tell({ type: 'described', description: describe(script, plan, exports) }),
  });
  if (!runs) {
    await run.plan();
    return undefined;
  }
  stop = ({ graceMs, by }) => {
    if (by === 'signal') test.abort('interrupted by a signal', 'signal');
    run.stop(graceMs);
  };
  const timers = [
    setInterval(() => {
      stalls.beat();
      tell({ type: 'frame', cells: recorder.take() });
    }, FRAME_MS),
    setInterval(() => {
      tell({ type: 'facts', facts: gauges.take({ vus: test.vusActive, vusMax: test.vusInitialized }) });
      link.progress();
    }, TELL_MS),
  ];
  const result = await run.run();
  link.close();
  for (const timer of timers) clearInterval(timer);
  await Promise.all(writers.map((writer) => writer.close()));
  for (const { lost } of writers)
    if (lost > 0) log.say('warn', `--out: ${lost} samples are not in the file, the disk was too slow`, 'output');
  connections.close();
  await schedule.stop();
  gauges.stop();
  tell({ type: 'frame', cells: recorder.take() });
  tell({ type: 'ended', totals: { requests: recorder.totals(), retried: connections.retried, lag: gauges.whole() } });
  return result;
}

async function begin(message: Begin): Promise<void> {
  let result: ScriptResult | undefined;
  team = new TeamLink({ leads: message.leads, tell });
  try {
    result = await carryOut(message, team);
  } catch (error) {
    if (!(error instanceof ScriptFailure)) throw error;
    const reason = error.hint === undefined ? error.message : `${error.message}\n  hint: ${error.hint}`;
    result = { exitCode: error.exitCode, reason, summary: undefined, outputs: undefined };
  }
  await new Promise<void>((resolve) => tell({ type: 'result', result: result ?? PLANNED }, resolve));
  process.exit(0);
}

const PLANNED: ScriptResult = { exitCode: K6_EXIT.passed, reason: undefined, summary: undefined, outputs: undefined };

/** Without the runner there is nobody to run for. */
process.once('disconnect', () => process.exit());
process.on('message', (received: unknown) => {
  const message = toScript.parse(received);
  if (message.type === 'begin') void begin(message);
  else if (message.type === 'stop') stop(message);
  else team?.hear(message);
});
/** Ctrl-C in a terminal reaches the whole group; the runner decides when the test ends. */
process.on('SIGINT', () => {});
