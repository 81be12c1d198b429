/**
 * One test from its init context to its end: options, setup, scenarios, teardown, summary. It runs in a process of its
 * own; how it ends is an exit code of k6's.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Share } from '../executors/executor.ts';
import { type ScenarioRun, usersMaxOf } from '../generator/scenario-run.ts';
import { shareAmong } from '../generator/share.ts';
import { K6_EXIT, type K6ExitCode, ScriptFailure, withHint } from './exit-codes.ts';
import { type JudgedThreshold, Thresholds } from './metrics/thresholds.ts';
import type { Options } from './options/schema.ts';
import { type OptionSources, planScript, type ScriptPlan } from './plan-script.ts';
import { ScenarioStage, type StageParts, usersPlanned } from './scenario-stage.ts';
import { failureText, type Script } from './script.ts';
import type { ScriptTest } from './script-test.ts';
import { handleSummary, type SummaryOutput } from './summary/handle-summary.ts';
import { type SummaryData, type SummarySettings, summaryData, TREND_STATS } from './summary/summary-data.ts';
import type { Team } from './team.ts';
import { Vu } from './vu.ts';

/** k6's defaults. */
const SETUP_MS_MAX = 60_000;
const TEARDOWN_MS_MAX = 60_000;
/** How often thresholds are judged while the test runs. */
const THRESHOLD_MS = 2000;
const VUS_MS = 1000;

/** What is left out on request. */
export interface ScriptSwitches {
  readonly setup: boolean;
  readonly teardown: boolean;
  readonly thresholds: boolean;
  readonly summary: boolean;
}

export interface ScriptRunParts extends Pick<StageParts, 'schedule' | 'gauges' | 'connections' | 'onIteration'> {
  readonly test: ScriptTest;
  readonly script: Script;
  readonly sources: OptionSources;
  readonly switches: ScriptSwitches;
  /** How the summary is to look; trendStats and timeUnit are the options'. */
  readonly terminals: Omit<SummarySettings, 'trendStats' | 'timeUnit'>;
  /** Told when all is planned and nothing has run. */
  readonly onPlan: (plan: ScriptPlan, exports: readonly string[]) => void;
  readonly team: Team;
}

export interface ScriptResult {
  readonly exitCode: K6ExitCode;
  /** Why it is not 0, in a line. */
  readonly reason: string | undefined;
  /** Undefined with `--no-summary`. */
  readonly summary: SummaryData | undefined;
  /** What `handleSummary` gave; undefined where there is none. */
  readonly outputs: readonly SummaryOutput[] | undefined;
}

export class ScriptRun {
  readonly #parts: ScriptRunParts;
  #runs: readonly ScenarioRun[] = [];
  #graceMs = 0;
  #stopped = false;
  #tellOver: () => void = () => {};
  /** Resolves when it is ended before its time. */
  readonly #over = new Promise<undefined>((resolve) => {
    this.#tellOver = () => resolve(undefined);
  });

  constructor(parts: ScriptRunParts) {
    this.#parts = parts;
    parts.test.onAbort = () => this.#end();
  }

  /** Starts no iteration any more; those under way get this long. Teardown and summary still come. */
  stop(graceMs: number): void {
    this.#graceMs = graceMs;
    this.#stopped = true;
    this.#end();
  }

  /** Runs the init context and plans; runs nothing. Throws ScriptFailure. */
  async plan(): Promise<{ plan: ScriptPlan; vu: Vu }> {
    const { test, script, sources, switches, onPlan } = this.#parts;
    const { vu, exports } = await this.#init();
    const plan = planScript({ file: script.file, exports }, sources, test.store, switches);
    test.shownOptions = shownOptions(plan.options);
    for (const warning of plan.warnings) test.log.say('warn', warning, 'options');
    onPlan(plan, Object.keys(exports));
    return { plan, vu };
  }

  /** Never rejects but for our own mistakes. */
  async run(): Promise<ScriptResult> {
    const { test, switches, team, connections } = this.#parts;
    try {
      const { plan, vu } = await this.plan();
      const share = await team.share;
      connections.configure(plan.options, share);
      // Those that follow judge nothing, but gather what the thresholds ask for.
      const thresholds = new Thresholds(switches.thresholds ? (plan.options.thresholds ?? {}) : {}, test.store);
      test.begin();
      const setupText = await team.setUp(team.leads ? await this.#setup(vu, plan.options) : undefined);
      await this.#scenarios(plan, setupText, thresholds, share);
      if (!team.leads) return FOLLOWED;
      await team.gathered();
      test.countVus();
      const teardown = await this.#teardown(vu, plan.options, setupText);
      return await this.#close(vu, plan.options, thresholds, setupText, teardown);
    } catch (error) {
      if (!(error instanceof ScriptFailure)) throw error;
      return { exitCode: error.exitCode, reason: withHint(error), summary: undefined, outputs: undefined };
    } finally {
      if (team.leads) test.log.close();
    }
  }

  async #init() {
    const { test, script, connections } = this.#parts;
    try {
      const vu = new Vu({ test, script, connections, id: 0 });
      return { vu, exports: await vu.exports };
    } catch (error) {
      if (test.abortion) throw new ScriptFailure(test.abortion.reason, K6_EXIT.aborted);
      if (error instanceof ScriptFailure) throw error;
      throw new ScriptFailure(failureText(script, error), K6_EXIT.exception);
    }
  }

  /** What setup gives, as JSON. */
  async #setup(vu: Vu, options: Options): Promise<string | undefined> {
    if (!this.#parts.switches.setup) return undefined;
    const limitMs = options.setupTimeout?.ms ?? SETUP_MS_MAX;
    const given = await this.#stage(vu, 'setup', limitMs, K6_EXIT.setupTimeout);
    return given === undefined ? undefined : JSON.stringify(given);
  }

  async #teardown(vu: Vu, options: Options, setupText: string | undefined): Promise<ScriptFailure | undefined> {
    if (!this.#parts.switches.teardown) return undefined;
    try {
      await this.#stage(vu, 'teardown', options.teardownTimeout?.ms ?? TEARDOWN_MS_MAX, K6_EXIT.teardownTimeout, vu.setupData(setupText));
      return undefined;
    } catch (error) {
      if (error instanceof ScriptFailure) return error;
      throw error;
    }
  }

  /** Calls setup or teardown, where there is one, within its time. Throws ScriptFailure. */
  async #stage(vu: Vu, name: 'setup' | 'teardown', limitMs: number, late: K6ExitCode, ...args: readonly unknown[]): Promise<unknown> {
    const { script, test } = this.#parts;
    const exports = await vu.exports;
    if (typeof exports[name] !== 'function') return undefined;
    const over = new AbortController();
    vu.host.begin(test.clock.nowMs(), 0);
    vu.host.tags['group'] = `::${name}`;
    try {
      const limit = sleep(limitMs, LATE, { signal: over.signal });
      limit.catch(() => {});
      const calls = [vu.call(name, ...args), limit, ...(name === 'setup' ? [test.aborted.then(() => ABORTED)] : [])];
      const result = await Promise.race(calls);
      if (result !== LATE && result !== ABORTED) return result;
      vu.host.giveUp();
      if (result === ABORTED && test.abortion) throw new ScriptFailure(test.abortion.reason, ABORTION_EXIT[test.abortion.by]);
      throw new ScriptFailure(`${name}() took longer than ${limitMs} ms`, late, `raise ${name}Timeout, or see what it waits for`);
    } catch (error) {
      if (error instanceof ScriptFailure) throw error;
      if (name === 'setup' && test.abortion) throw new ScriptFailure(test.abortion.reason, ABORTION_EXIT[test.abortion.by]);
      throw new ScriptFailure(`${name}(): ${failureText(script, error)}`, K6_EXIT.exception);
    } finally {
      over.abort();
      delete vu.host.tags['group'];
    }
  }

  async #scenarios(plan: ScriptPlan, setupText: string | undefined, thresholds: Thresholds, share: Share): Promise<void> {
    const { test, team } = this.#parts;
    if (test.abortion || this.#stopped) return;
    const stages = this.#stages(plan, setupText, share);
    this.#runs = stages.map(({ run }) => run);
    await Promise.all(stages.map((stage) => stage.warm()));
    const beginMs = (await Promise.race([team.ready(), this.#over])) ?? test.clock.nowMs();
    const judging = setInterval(() => {
      const missed = team.leads ? thresholds.aborting(test.elapsedMs) : undefined;
      if (missed) test.abort(missedText([missed]), 'threshold');
    }, THRESHOLD_MS);
    const counting = setInterval(() => {
      if (team.leads) test.countVus();
    }, VUS_MS);
    try {
      await Promise.all(stages.map((stage) => stage.play(beginMs)));
      if (team.leads) await team.gathered();
    } finally {
      clearInterval(judging);
      clearInterval(counting);
    }
  }

  /** The scenarios in which this process has a part. */
  #stages(plan: ScriptPlan, setupText: string | undefined, share: Share): ScenarioStage[] {
    const planned = plan.scenarios.map((scenario) => usersPlanned(scenario.plan));
    const before = planned.map((_, index) => planned.slice(0, index).reduce((sum, count) => sum + count, 0));
    this.#parts.test.join(
      share,
      planned.reduce((sum, count) => sum + count, 0),
    );
    return plan.scenarios.flatMap((scenario, index) => {
      const own = shareAmong(usersMaxOf(scenario.plan), share);
      const more = { scenario, options: plan.options, setupText, usersBefore: before[index] ?? 0 };
      return own ? [new ScenarioStage({ ...this.#parts, ...more, share: own })] : [];
    });
  }

  async #close(
    vu: Vu,
    options: Options,
    thresholds: Thresholds,
    setupText: string | undefined,
    teardown: ScriptFailure | undefined,
  ): Promise<ScriptResult> {
    const { test, script, switches, terminals } = this.#parts;
    const judged = thresholds.judge(test.elapsedMs);
    const end = this.#exit(judged, teardown);
    if (!switches.summary) return { ...end, summary: undefined, outputs: undefined };
    const settings = { ...terminals, trendStats: options.summaryTrendStats ?? TREND_STATS, timeUnit: options.summaryTimeUnit ?? '' };
    const data = summaryData(test.store, test.checks.root, judged, test.elapsedMs, settings);
    const summary: SummaryData = setupText === undefined ? data : { ...data, setup_data: JSON.parse(setupText) };
    const outputs = await handleSummary(vu, summary, (error) => test.log.failure(`handleSummary(): ${failureText(script, error)}`));
    return { ...end, summary, outputs };
  }

  /** The first failure names the code, as in k6. */
  #exit(judged: readonly JudgedThreshold[], teardown: ScriptFailure | undefined): Pick<ScriptResult, 'exitCode' | 'reason'> {
    const { abortion, failure } = this.#parts.test;
    const missed = judged.filter(({ ok }) => !ok);
    if (abortion) return { exitCode: ABORTION_EXIT[abortion.by], reason: abortion.reason };
    if (teardown) return { exitCode: teardown.exitCode, reason: withHint(teardown) };
    if (missed.length > 0) return { exitCode: K6_EXIT.thresholds, reason: missedText(missed) };
    if (failure !== undefined)
      return { exitCode: K6_EXIT.markedFailed, reason: `the test was marked as failed${failure === '' ? '' : `: ${failure}`}` };
    return { exitCode: K6_EXIT.passed, reason: undefined };
  }

  #end(): void {
    for (const run of this.#runs) run.stop(this.#graceMs);
    this.#tellOver();
  }
}

/** Of one that follows; the one that leads has the result. */
const FOLLOWED: ScriptResult = { exitCode: K6_EXIT.passed, reason: undefined, summary: undefined, outputs: undefined };

const LATE = Symbol('late');
const ABORTED = Symbol('aborted');

const ABORTION_EXIT = {
  script: K6_EXIT.aborted,
  threshold: K6_EXIT.thresholds,
  signal: K6_EXIT.signal,
  init: K6_EXIT.exception,
  stuck: K6_EXIT.generic,
} as const;

function missedText(missed: readonly JudgedThreshold[]): string {
  return `thresholds not met: ${missed.map(({ metric, text }) => `${metric.name} ${text}`).join(', ')}`;
}

/** Durations are texts in what scripts see. */
function shownOptions(options: Options): Readonly<Record<string, unknown>> {
  return JSON.parse(
    JSON.stringify(options, (_key, value: unknown) =>
      typeof value === 'object' && value !== null && 'ms' in value && Object.keys(value).length === 1 ? `${String(value.ms)}ms` : value,
    ),
  );
}
