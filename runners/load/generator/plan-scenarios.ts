/** Turns scenarios into plans, and refuses what cannot be run before anything is started. */
import type { Scenario } from '../../../experiments/language/experiment.ts';
import { EXIT, FiredrillError } from '../../failure.ts';
import type { ExecutorPlan } from '../executors/executor.ts';
import { planExecutor } from '../executors/index.ts';
import { assertRoutes } from '../requests/connect.ts';
import { longestIterationMs, type PreparedIterations, prepareIterations } from '../requests/iterations.ts';
import { usersMaxOf } from './scenario-run.ts';

/** A scenario and how it spreads over time. */
export interface PlannedScenario {
  readonly scenario: Scenario;
  readonly plan: ExecutorPlan;
  /** On the run's clock, gracefulStop not counted; undefined where it waits for a fault. */
  readonly beginsMs: number | undefined;
  readonly endsMs: number | undefined;
}

/** Throws FiredrillError where an executor is unknown, its settings do not fit, or a request cannot be made. Touches nothing. */
export function planScenarios(scenarios: readonly Scenario[], seed = 0): readonly PlannedScenario[] {
  return scenarios.map((scenario) => {
    const prepared = prepareIterations(scenario, seed);
    const plan = planExecutor(scenario.executor, scenario.settings, { timeoutMs: longestIterationMs(prepared) });
    assertRoutes(scenario, prepared);
    assertEnoughRows(scenario.name, prepared, usersMaxOf(plan));
    const beginsMs = scenario.startTime.after ? undefined : scenario.startTime.ms;
    return { scenario, plan, beginsMs, endsMs: beginsMs === undefined ? undefined : beginsMs + plan.durationMs };
  });
}

/** One row for each virtual user needs as many rows as there may be virtual users. */
function assertEnoughRows(scenario: string, { slots }: PreparedIterations, usersMax: number): void {
  const least = Math.min(...slots.sources.map(({ unique }) => unique ?? Number.POSITIVE_INFINITY));
  if (usersMax <= least) return;
  throw new FiredrillError(
    'load.data',
    `load scenario ${scenario}: ${usersMax} virtual users are to have a row each, and there are ${least} rows`,
    {
      hint: `write maxVUs: ${least} (or vus: ${least}), add rows, or let them share: pick: sequence`,
      exitCode: EXIT.experimentWrong,
    },
  );
}
