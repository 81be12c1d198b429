/** Resolves an experiment's targets on the engine and makes its plan. Touches nothing. */
import type { Experiment } from '../../experiments/language/experiment.ts';
import { readAllowance } from '../docker/allowance.ts';
import { assertAllowed, type ContainerLister, listSystem, resolveTargets } from '../docker/targets.ts';
import type { Fault, Target } from '../faults/fault.ts';
import type { Plan } from '../journal/events.ts';
import { planExperiment } from '../runbook/plan.ts';

export interface ResolveOptions {
  readonly experiment: Experiment;
  readonly variant: string | undefined;
  readonly project: string | undefined;
  readonly faults: readonly Fault[];
  readonly seed: number;
  /** Where `firedrill.config.yaml` may lie. */
  readonly workingDirectory: string;
}

export interface ResolvedExperiment {
  readonly plan: Plan;
  /** By the target's name. */
  readonly targets: ReadonlyMap<string, readonly Target[]>;
}

/** Throws FiredrillError: no target, not allowed, too many, consent missing. */
export async function resolveExperiment(docker: ContainerLister, options: ResolveOptions): Promise<ResolvedExperiment> {
  const { experiment, project } = options;
  const entries = await Promise.all(
    Object.entries(experiment.targets).map(
      async ([name, selector]) => [name, await resolveTargets(docker, selector, { project })] as const,
    ),
  );
  const targets = new Map(entries);
  const system = project === undefined ? entries.flatMap(([, found]) => found) : await listSystem(docker, project);
  const plan = planExperiment({ ...options, targets, system });
  assertAllowed(touchedTargets(plan, targets), await readAllowance(options.workingDirectory));
  return { plan, targets };
}

function touchedTargets(plan: Plan, targets: ReadonlyMap<string, readonly Target[]>): readonly Target[] {
  const ids = new Set(plan.faults.flatMap((fault) => fault.operations.operations.map((operation) => operation.container.id)));
  const byId = new Map([...targets.values()].flat().map((target) => [target.id, target]));
  return [...byId.values()].filter((target) => ids.has(target.id));
}
