/**
 * The plan: an experiment with its targets resolved becomes an absolute timeline, the blast radius, and for each fault
 * the operations it will do and who can undo them. Pure: it is handed the containers, and touches nothing.
 */
import { formatMs } from '../../experiments/language/duration.ts';
import type { Experiment, FaultStep } from '../../experiments/language/experiment.ts';
import { kindOf } from '../agent/operations/index.ts';
import { EXIT, FiredrillError } from '../failure.ts';
import type { Fault, Target, UndoneBy } from '../faults/fault.ts';
import type { Plan, PlannedFault, Selection } from '../journal/events.ts';
import { assertFitTargets } from './fit-targets.ts';
import { assertWithinLimits, type Caps, longestMs } from './limits.ts';

export interface PlanOptions {
  readonly experiment: Experiment;
  readonly variant: string | undefined;
  /** Where the experiment lies, absolute. */
  readonly folder?: string;
  readonly project: string | undefined;
  readonly faults: readonly Fault[];
  /** The containers of each target of the experiment, by the target's name. */
  readonly targets: ReadonlyMap<string, readonly Target[]>;
  /** What was drawn, of which; for people. */
  readonly selections?: readonly Selection[];
  /** All containers of the system; the whole that the blast radius is a share of. */
  readonly system: readonly Target[];
  readonly seed: number;
  /** What this machine allows at most, whatever the experiment says. */
  readonly caps?: Caps;
}

/** A fault's clock starts with its proof, so that it ends later than its step says; what follows it keeps this distance. */
const APART_MS = 1_000;

/** Where a container stands, by its label `region`. */
export function regionOf(target: Target): string {
  return target.labels['region'] ?? '–';
}

/** Builds the plan. Throws FiredrillError (ground unfit) where a limit is exceeded or consent is missing. */
export function planExperiment(options: PlanOptions): Plan {
  const steps = options.experiment.method.filter((step) => step.type === 'fault');
  const faults = steps.map((step) => planFault(step, options)).sort((a, b) => a.atMs - b.atMs);
  assertApart(faults);
  const touched = touchedContainers(faults, options);
  const gates = options.experiment.method
    .filter((step) => step.type === 'gate')
    .map((step) => ({ name: step.name, atMs: step.at.ms, question: step.gate }));
  const lastUndoMs = Math.max(0, ...faults.map((fault) => fault.atMs + (fault.durationMs ?? 0)), ...gates.map((gate) => gate.atMs));
  const { limits, watch } = options.experiment;
  const caps = options.caps ?? {};
  assertWithinLimits({ touched: touched.length, total: options.system.length, lastUndoMs }, limits, caps);
  return {
    title: options.experiment.title,
    variant: options.variant,
    project: options.project,
    seed: options.seed,
    selections: options.selections ?? [],
    faults,
    gates,
    blastRadius: blastRadius(touched, options.system),
    decidedInArming: faults.flatMap(decidedInArming),
    lastUndoMs,
    undoneByMs: longestMs(limits, caps),
    endMs: lastUndoMs + watch.ms,
  };
}

function planFault(step: FaultStep, options: PlanOptions): PlannedFault {
  const fault = options.faults.find((each) => each.name === step.fault);
  if (!fault) throw new FiredrillError('fault-unknown', `There is no fault '${step.fault}'.`, { exitCode: EXIT.experimentWrong });
  const select = (target: string) => containersOf(target, options);
  const targets = select(step.target);
  const persistent = fault.destroysData ? targets.filter((target) => target.persistent) : [];
  const planned = fault.plan(step.settings, {
    targets,
    select,
    seed: options.seed,
    ...(options.folder === undefined ? {} : { folder: options.folder }),
    irreversible: step.irreversible === 'accept',
  });
  assertFitTargets(step.name, targets, planned);
  const { operations, effects, undoneBy = fault.undoneBy } = planned;
  assertConsent(step, fault, undoneBy, persistent);
  return {
    name: step.name,
    kind: fault.name,
    composite: step.composite,
    label: fault.looks.label,
    colour: fault.looks.colour,
    lane: fault.looks.lane,
    atMs: step.at.ms,
    durationMs: step.duration?.ms,
    targets: targets.map((target) => ({ id: target.id, name: target.name, region: target.labels['region'] })),
    effects,
    undoneBy,
    onRecreate: step.onRecreate ?? 'follow',
    operations: { fault: step.name, operations },
  };
}

function containersOf(target: string, { targets }: PlanOptions): readonly Target[] {
  const found = targets.get(target);
  if (found && found.length > 0) return found;
  throw new FiredrillError('target-missing', `The target '${target}' selects no container.`, {
    hint: 'See what runs with: docker ps',
    exitCode: EXIT.groundUnfit,
  });
}

function assertConsent(step: FaultStep, fault: Fault, undoneBy: UndoneBy, persistent: readonly Target[]): void {
  const needed = undoneBy === 'none' ? 'not-undone' : undoneBy === 'runner' ? 'undone-by-runner' : undefined;
  if (needed && step.consent !== needed) {
    throw new FiredrillError('consent-missing', `The fault '${step.name}' (${fault.name}) cannot be undone by the agent.`, {
      hint: `If that is meant, add to the step: consent: ${needed}`,
      exitCode: EXIT.experimentWrong,
    });
  }
  if (persistent.length > 0 && step.irreversible !== 'accept') {
    const names = persistent.map((target) => target.name).join(', ');
    throw new FiredrillError(
      'irreversible',
      `The fault '${step.name}' (${fault.name}) destroys data that may not be rebuilt: ${names} keep it on a volume.`,
      {
        hint: 'If that is meant, add to the step: irreversible: accept',
        exitCode: EXIT.experimentWrong,
      },
    );
  }
}

function decidedInArming({ name, operations: { operations } }: PlannedFault): readonly string[] {
  return [...new Set(operations.flatMap((operation) => kindOf(operation).decidedInArming ?? []))].map((what) => `${name}: ${what}`);
}

/** Two faults that take the same thing of one container for themselves at the same time cannot both be undone to what was found. */
function assertApart(faults: readonly PlannedFault[]): void {
  const held = new Map<string, { readonly name: string; readonly fromMs: number; readonly toMs: number }[]>();
  for (const { name, atMs, durationMs, operations } of faults) {
    for (const operation of operations.operations) {
      for (const claim of kindOf(operation).claims(operation)) {
        const key = `${operation.container.id} ${claim}`;
        const others = held.get(key) ?? [];
        const other = others.find(
          (each) => each.name !== name && each.fromMs < atMs + (durationMs ?? 0) + APART_MS && atMs < each.toMs + APART_MS,
        );
        if (other) throw overlapping(other.name, name, operation.container.name, claim);
        held.set(key, [...others, { name, fromMs: atMs, toMs: atMs + (durationMs ?? 0) }]);
      }
    }
  }
}

function overlapping(first: string, second: string, container: string, claim: string): FiredrillError {
  return new FiredrillError(
    'faults-overlap',
    `The faults '${first}' and '${second}' both take the ${claim} of ${container} at the same time.`,
    {
      hint: `Let one end ${formatMs(APART_MS)} before the other begins, or give them targets of their own.`,
      exitCode: EXIT.experimentWrong,
    },
  );
}

/** Containers that are entered or acted on, once each. */
function touchedContainers(faults: readonly PlannedFault[], options: PlanOptions): readonly Target[] {
  const ids = new Set(faults.flatMap((fault) => fault.operations.operations.map((operation) => operation.container.id)));
  const known = new Map([...options.targets.values()].flat().map((target) => [target.id, target]));
  return [...ids].flatMap((id) => known.get(id) ?? []);
}

function blastRadius(touched: readonly Target[], system: readonly Target[]): Plan['blastRadius'] {
  const regions = [...new Set(system.map(regionOf))].sort();
  const within = (region: string, targets: readonly Target[]) => targets.filter((target) => regionOf(target) === region).length;
  return {
    touched: touched.length,
    total: system.length,
    regions: regions.map((region) => ({ region, touched: within(region, touched), total: within(region, system) })),
  };
}
