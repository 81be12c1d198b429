/** Makes an experiment of a checked tree: every default filled in, inline probes named, each kind's own keys set aside as written. */
import { z } from 'zod';
import { comparison } from './comparison.ts';
import { expandStep } from './composite.ts';
import { burnCondition, condition, holding, loadCondition, readingCondition, spreadCondition } from './condition.ts';
import { duration } from './duration.ts';
import type { Experiment } from './experiment.ts';
import type { ExperimentFiles } from './files.ts';
import { liftInlineProbes, nameByKind } from './inline-probes.ts';
import type { Kind, Kinds } from './kind.ts';
import { generatorCount, type Scenario, scenarioBase } from './load.ts';
import { scenarioFiles } from './load-paths.ts';
import { loadScriptFrom, scriptKeys } from './load-script.ts';
import { thresholds, thresholdsFrom } from './load-threshold.ts';
import { type NamedProbe, probeBase } from './named-probe.ts';
import { name } from './names.ts';
import { objective } from './objective.ts';
import { overlay } from './overlay.ts';
import { limits } from './schema.ts';
import { type FaultStep, faultBase, type GateStep, gate } from './steps.ts';
import { engine, system, targetSelector } from './target.ts';
import { type MapNode, type Node, toData } from './tree.ts';

const EVERY_MS = 1000;
const TIMEOUT_MS_MIN = 5000;
const START_MS = 0;
const GRACEFUL_STOP_MS = 30_000;
const REQUEST_TIMEOUT_MS = 10_000;

const settingsMap = z.record(z.string(), z.unknown());

/** The file without inline probes, maps of a kind still as written. */
const outline = z.object({
  title: z.string(),
  description: z.string().optional(),
  system: system.optional(),
  engines: z.record(name, engine).default({}),
  targets: z.record(name, targetSelector).default({}),
  load: z
    .object({
      scenarios: z.record(name, settingsMap).default({}),
      generators: generatorCount.optional(),
      thresholds: thresholds.default({}),
      ...scriptKeys,
    })
    .default({ scenarios: {}, thresholds: {} }),
  probes: z.record(name, settingsMap).default({}),
  'steady-state-hypothesis': z.array(condition).default([]),
  method: z.array(settingsMap).default([]),
  objectives: z.record(name, objective).default({}),
  'stop-when': z
    .array(
      z.union([
        loadCondition.extend(holding),
        readingCondition.extend(holding),
        spreadCondition.extend(holding),
        burnCondition.extend(holding),
      ]),
    )
    .default([]),
  watch: duration.prefault('30s'),
  limits: limits.prefault({}),
  variants: z.record(name, overlay).default({}),
  comparisons: z.record(name, comparison).optional(),
});

const faultHead = z.object({ fault: z.string(), ...faultBase });
const probeHead = z.object({ probe: z.string(), ...probeBase });
const scenarioHead = z.object({ executor: z.string(), ...scenarioBase });

/** The kind's own keys of a map, as written. */
export function ownSettings(
  map: Readonly<Record<string, unknown>>,
  kinds: readonly Kind[],
  kind: string,
): Readonly<Record<string, unknown>> {
  const keys = Object.keys(kinds.find((each) => each.name === kind)?.settings.shape ?? {});
  return Object.fromEntries(keys.filter((key) => Object.hasOwn(map, key)).map((key) => [key, map[key]]));
}

/** What normalising needs besides the tree. */
export interface NormaliseOptions {
  readonly kinds: Kinds;
  readonly files?: ExperimentFiles | undefined;
}

function scenarioFrom(name: string, map: Readonly<Record<string, unknown>>, { kinds, files }: NormaliseOptions): Scenario {
  const { steps, chains, requests, ...head } = scenarioHead.parse(map);
  const all = [
    ...(steps ? [{ name: 'steps', weight: 1, steps }] : []),
    ...Object.entries(chains ?? {}).map(([chain, given]) => ({ name: chain, ...given })),
  ];
  const scenario: Scenario = {
    ...head,
    name,
    requests: requests ?? [],
    ...(all.length > 0 ? { chains: all } : {}),
    startTime: head.startTime ?? { ms: START_MS },
    gracefulStop: head.gracefulStop ?? { ms: GRACEFUL_STOP_MS },
    timeout: head.timeout ?? { ms: REQUEST_TIMEOUT_MS },
    settings: ownSettings(map, kinds.executors, head.executor),
  };
  return files ? scenarioFiles(scenario, files) : scenario;
}

/** A start after a fault that is not named is after the first of the method. */
function withFault(scenario: Scenario, steps: readonly (FaultStep | GateStep)[]): Scenario {
  const { after } = scenario.startTime;
  if (!after || after.fault !== undefined) return scenario;
  const [first] = steps.filter((step) => step.type === 'fault').toSorted((one, other) => one.at.ms - other.at.ms);
  return { ...scenario, startTime: { ...scenario.startTime, after: { ...after, fault: first?.name } } };
}

function probeFrom(name: string, map: Readonly<Record<string, unknown>>, kinds: Kinds): NamedProbe {
  const head = probeHead.parse(map);
  const every = head.every ?? { ms: EVERY_MS };
  const timeout = head.timeout ?? { ms: Math.max(TIMEOUT_MS_MIN, every.ms) };
  return { ...head, name, every, timeout, settings: ownSettings(map, kinds.probes, head.probe) };
}

/** Names of the steps, in order: those given, else the kind, numbered when there are several. */
export function namesOfSteps(steps: readonly { readonly name?: string | undefined; readonly kind: string }[]): readonly string[] {
  const given = new Set(steps.flatMap((step) => step.name ?? []));
  const automatic = nameByKind(
    steps.filter((step) => step.name === undefined).map((step) => step.kind),
    given,
  ).values();
  return steps.map((step) => step.name ?? automatic.next().value ?? step.kind);
}

/** One step, or the primitive steps of a composite. */
function stepsFrom(map: Readonly<Record<string, unknown>>, name: string, kinds: Kinds): readonly (FaultStep | GateStep)[] {
  if (map['fault'] === undefined) return [{ type: 'gate', ...gate.parse(map), name }];
  const { 'on-recreate': onRecreate, ...head } = faultHead.parse(map);
  const settings = ownSettings(map, kinds.faults, head.fault);
  return expandStep({ type: 'fault', ...head, onRecreate, name, settings }, kinds.faults);
}

/** The experiment of a tree that the schema accepted. */
export function normalise(root: MapNode, flipped: ReadonlySet<Node>, options: NormaliseOptions): Experiment {
  const { kinds } = options;
  const {
    load,
    method,
    'steady-state-hypothesis': hypothesis,
    'stop-when': stopWhen,
    limits,
    ...rest
  } = outline.parse(toData(liftInlineProbes(root), flipped));
  const names = namesOfSteps(
    method.map((step) => ({
      name: typeof step['name'] === 'string' ? step['name'] : undefined,
      kind: typeof step['fault'] === 'string' ? step['fault'] : 'gate',
    })),
  );
  const judged = thresholdsFrom(load.thresholds);
  const script = loadScriptFrom(load, options.files);
  const steps = method.flatMap((map, index) => stepsFrom(map, names[index] ?? '', kinds));
  return {
    ...rest,
    ...(load.generators === undefined ? {} : { generators: load.generators }),
    scenarios: Object.entries(load.scenarios).map(([name, map]) => withFault(scenarioFrom(name, map, options), steps)),
    ...(judged.length > 0 ? { thresholds: judged } : {}),
    ...(script ? { script } : {}),
    probes: Object.entries(rest.probes).map(([name, map]) => probeFrom(name, map, kinds)),
    hypothesis,
    method: steps,
    stopWhen,
    limits: { maxTargets: limits['max-targets'], maxShare: limits['max-share'], maxDuration: limits['max-duration'] },
  };
}
