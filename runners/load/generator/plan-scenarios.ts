/** Turns scenarios into plans, and refuses what cannot be run before anything is started. */
import type { Scenario } from '../../../experiments/language/experiment.ts';
import type { ExecutorPlan } from '../executors/executor.ts';
import { planExecutor } from '../executors/index.ts';
import { prepareRequests } from '../requests/requests-workload.ts';

/** A scenario and how it spreads over time; `beginsMs` and `endsMs` on the run's clock, gracefulStop not counted. */
export interface PlannedScenario {
  readonly scenario: Scenario;
  readonly plan: ExecutorPlan;
  readonly beginsMs: number;
  readonly endsMs: number;
}

/** Throws FiredrillError where an executor is unknown, its settings do not fit, or a request cannot be made. Touches nothing. */
export function planScenarios(scenarios: readonly Scenario[], seed = 0): readonly PlannedScenario[] {
  return scenarios.map((scenario) => {
    prepareRequests(scenario, seed);
    const plan = planExecutor(scenario.executor, scenario.settings, { timeoutMs: scenario.timeout.ms });
    const beginsMs = scenario.startTime.ms;
    return { scenario, plan, beginsMs, endsMs: beginsMs + plan.durationMs };
  });
}
