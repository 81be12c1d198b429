/** One scenario of a script at work: its workload under its driver, from its start time to its end. */

import { ScenarioRun } from '../generator/scenario-run.ts';
import { createRandom } from '../pacing/random.ts';
import type { Schedule } from '../pacing/schedule.ts';
import type { Gauges } from '../recording/gauges.ts';
import type { Connections } from './connections.ts';
import type { Tags } from './host.ts';
import type { Options } from './options/schema.ts';
import type { PlannedScriptScenario } from './plan-script.ts';
import type { Script } from './script.ts';
import type { ScriptTest } from './script-test.ts';
import { ScriptWorkload } from './script-workload.ts';
import type { ScenarioFacts } from './vu-facts.ts';

export interface StageParts {
  readonly test: ScriptTest;
  readonly script: Script;
  readonly schedule: Schedule;
  readonly gauges: Pick<Gauges, 'lag'>;
  readonly connections: Connections;
  readonly scenario: PlannedScriptScenario;
  readonly options: Options;
  readonly setupText: string | undefined;
  /** An iteration of a scenario was meant to begin then, and has ended. */
  readonly onIteration: (tags: Tags, intendedMs: number) => void;
}

/** Timeouts are seen to this often. */
const SWEEP_MS = 20;

export class ScenarioStage implements ScenarioFacts {
  readonly run: ScenarioRun;
  readonly name: string;
  readonly executor: string;
  startedWallMs = 0;
  readonly #parts: StageParts;
  #beganMs = Number.NaN;

  constructor(parts: StageParts) {
    const { test, script, scenario, options, connections, schedule, gauges, setupText, onIteration } = parts;
    const { option, plan } = scenario;
    this.#parts = parts;
    this.name = option.name;
    this.executor = option.executor;
    const tags = { ...options.tags, ...option.tags, scenario: option.name };
    const workload = new ScriptWorkload({
      test,
      script,
      exec: option.exec,
      place: { scenario: this, environment: option.env, tags },
      setupText,
      connections,
      keepsCookies: options.noCookiesReset ?? false,
      onIteration: (intendedMs) => onIteration(tags, intendedMs),
    });
    this.run = new ScenarioRun({
      plan,
      workload,
      gracefulStopMs: option.gracefulStop.ms,
      minIterationMs: options.minIterationDuration?.ms ?? 0,
      random: createRandom(test.seed, option.name),
      clock: test.clock,
      schedule,
      gauges,
    });
  }

  get progress(): number {
    const { test, scenario } = this.#parts;
    const { plan } = scenario;
    if (Number.isNaN(this.#beganMs)) return 0;
    if (plan.model === 'closed' && plan.iterations) {
      const all = plan.iterations.by === 'each' ? plan.iterations.count * plan.vus : plan.iterations.count;
      return Math.min(1, this.run.users.started / all);
    }
    return Math.min(1, (test.clock.nowMs() - this.#beganMs) / plan.durationMs);
  }

  /** Resolves when it has ended, by itself or because it was stopped. */
  async play(): Promise<void> {
    const { test, scenario } = this.#parts;
    const startMs = test.clock.nowMs() + scenario.option.startTime.ms;
    await this.run.warm();
    const waitMs = startMs - test.clock.nowMs();
    if (waitMs > 0) await Promise.race([this.run.done, new Promise((resolve) => setTimeout(resolve, waitMs))]);
    this.#beganMs = Math.max(startMs, test.clock.nowMs());
    this.startedWallMs = Date.now();
    const sweeping = setInterval(() => this.run.sweep(test.clock.nowMs()), SWEEP_MS);
    this.run.begin(this.#beganMs);
    await this.run.done;
    clearInterval(sweeping);
  }
}
