/** Resolves an experiment's targets on the engine and makes its plan. Touches nothing. */
import type { Experiment, Pick } from '../../experiments/language/experiment.ts';
import { assertAllowed, assertUnprotected } from '../docker/permission.ts';
import { describePick, pickTargets } from '../docker/pick.ts';
import { type ContainerLister, listSystem, onEngine, resolveTargets } from '../docker/targets.ts';
import type { Fault, Target } from '../faults/fault.ts';
import type { Plan, Selection } from '../journal/events.ts';
import type { Caps } from '../runbook/limits.ts';
import { planExperiment } from '../runbook/plan.ts';
import { type Config, readConfig } from './config.ts';

export interface ResolveOptions {
  readonly experiment: Experiment;
  readonly variant: string | undefined;
  /** Where the experiment lies, absolute. */
  readonly folder?: string;
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
  /** Those that a fault is aimed at. */
  readonly touched: readonly Target[];
}

/** An engine, as far as it is needed here. */
export interface ListedEngine {
  readonly name: string | undefined;
  readonly docker: ContainerLister;
}

interface Found {
  readonly name: string;
  readonly pick: Pick;
  readonly candidates: readonly Target[];
  readonly picked: readonly Target[];
}

/** Throws FiredrillError: no target, not allowed, too many, consent missing. */
export async function resolveExperiment(engines: readonly ListedEngine[], options: ResolveOptions): Promise<ResolvedExperiment> {
  const { experiment, project } = options;
  const config = await readConfig(options.workingDirectory);
  const found = await Promise.all(
    Object.entries(experiment.targets).map(async ([name, selector]): Promise<Found> => {
      const { pick, engine } = selector;
      const resolved = await resolveTargets(listerOf(engines, engine), selector, engine === undefined ? { project } : {});
      const candidates = resolved.map((target) => onEngine(target, engine));
      return { name, pick, candidates, picked: pickTargets(name, pick, candidates, options.seed) };
    }),
  );
  const targets = new Map(found.map(({ name, picked }) => [name, picked]));
  const home = project === undefined ? [] : await listSystem(listerOf(engines, undefined), project);
  const elsewhere = found.flatMap(({ candidates }) => candidates).filter((each) => project === undefined || each.engine !== undefined);
  const system = once([...home, ...elsewhere]);
  const plan = planExperiment({ ...options, targets, system, selections: found.map(selectionOf), caps: capsOf(config) });
  const touched = touchedTargets(plan, targets);
  assertAllowed(touched, config);
  // One that was not drawn this time may be the next.
  const aimedAt = found.filter(({ name }) => experiment.method.some((step) => step.type === 'fault' && step.target === name));
  assertUnprotected(once([...touched, ...aimedAt.flatMap(({ candidates }) => candidates)]), config);
  return { plan, targets, touched };
}

function listerOf(engines: readonly ListedEngine[], name: string | undefined): ContainerLister {
  const found = engines.find((each) => each.name === name);
  if (!found) throw new Error(`the engine ${name ?? 'of the environment'} is not connected`);
  return found.docker;
}

function selectionOf({ name, pick, candidates, picked }: Found): Selection {
  const names = (each: readonly Target[]) => each.map((target) => target.name);
  return { target: name, pick: describePick(pick), candidates: names(candidates), picked: names(picked) };
}

function capsOf({ limits }: Config): Caps {
  return { maxTargets: limits['max-targets'], maxShare: limits['max-share'], maxDurationMs: limits['max-duration']?.ms };
}

/** Two selectors may name the same container. */
function once(targets: readonly Target[]): readonly Target[] {
  return [...new Map(targets.map((target) => [target.id, target])).values()];
}

function touchedTargets(plan: Plan, targets: ReadonlyMap<string, readonly Target[]>): readonly Target[] {
  const ids = new Set(plan.faults.flatMap((fault) => fault.operations.operations.map((operation) => operation.container.id)));
  const byId = new Map([...targets.values()].flat().map((target) => [target.id, target]));
  return [...byId.values()].filter((target) => ids.has(target.id));
}
