/** One scenario of a script at work: its workload under its driver, from its start time to its end. */

import { ownCount } from '../drivers/launcher.ts';
import type { ExecutorPlan, Share } from '../executors/executor.ts';
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
  /** The part of the scenario that is this process's. */
  readonly share: Share;
  /** Virtual users that the scenarios before it make beforehand. */
  readonly usersBefore: number;
}

/** Virtual users that are made before a scenario begins. */
export function usersPlanned(plan: ExecutorPlan): number {
  return plan.model === 'open' ? plan.preAllocatedVUs : plan.vus;
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
    const { test, script, scenario, options, connections, schedule, gauges, setupText, onIteration, share, usersBefore } = parts;
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
      idOf: (number) => (number <= usersPlanned(plan) ? usersBefore + number : test.furtherId()),
    });
    this.run = new ScenarioRun({
      plan,
      share,
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
    const { test, scenario, share } = this.#parts;
    const { plan } = scenario;
    if (Number.isNaN(this.#beganMs)) return 0;
    if (plan.model === 'closed' && plan.iterations) {
      const { count, by } = plan.iterations;
      return Math.min(1, this.run.users.started / (by === 'each' ? count * ownCount(plan.vus, share) : ownCount(count, share)));
    }
    return Math.min(1, (test.clock.nowMs() - this.#beganMs) / plan.durationMs);
  }

  /** Makes the virtual users that are there from the beginning. */
  warm(): Promise<void> {
    return this.run.warm();
  }

  /** `beginMs`, on the run's clock, is when all scenarios begin. Resolves when it has ended, by itself or because it was stopped. */
  async play(beginMs: number): Promise<void> {
    const { test, scenario } = this.#parts;
    const startMs = beginMs + scenario.option.startTime.ms;
    const waitMs = startMs - test.clock.nowMs();
    if (waitMs > 0) await Promise.race([this.run.done, new Promise((resolve) => setTimeout(resolve, waitMs))]);
    this.#beganMs = startMs;
    this.startedWallMs = Math.round(Date.now() + startMs - test.clock.nowMs());
    const sweeping = setInterval(() => this.run.sweep(test.clock.nowMs()), SWEEP_MS);
    this.run.begin(this.#beganMs);
    await this.run.done;
    clearInterval(sweeping);
  }
}
