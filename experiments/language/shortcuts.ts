/**
 * k6's shortcuts: a scenario that names no executor means the one that its keys imply. In a file this is done on the tree,
 * so that everything else sees a scenario with an executor, and every place stays.
 *
 *   rate → constant-arrival-rate      stages → ramping-vus, or ramping-arrival-rate where it has keys of a rate
 *   iterations → shared-iterations    duration → constant-vus
 */
import type { Report } from './source.ts';
import { at, type Entry, entriesOf, keySpan, type MapNode, mapValues, type Node, type ScalarNode } from './tree.ts';

interface Shortcut {
  readonly executor: string;
  readonly marker: string;
  /** Keys that belong to another shortcut. */
  readonly clashes: readonly string[];
  /** Keys that the executor itself calls otherwise. */
  readonly renames: Readonly<Record<string, string>>;
}

const RATE_KEYS = ['startRate', 'timeUnit', 'preAllocatedVUs', 'maxVUs'] as const;

/** The first whose marker is there is meant. */
const SHORTCUTS: readonly Shortcut[] = [
  { executor: 'constant-arrival-rate', marker: 'rate', clashes: ['stages', 'iterations', 'vus'], renames: {} },
  { executor: 'ramping-vus', marker: 'stages', clashes: ['duration', 'iterations'], renames: { vus: 'startVUs' } },
  { executor: 'shared-iterations', marker: 'iterations', clashes: [], renames: { duration: 'maxDuration' } },
  { executor: 'constant-vus', marker: 'duration', clashes: [], renames: {} },
];
const RAMPING_RATE: Shortcut = {
  executor: 'ramping-arrival-rate',
  marker: 'stages',
  clashes: ['duration', 'iterations', 'vus', 'startVUs'],
  renames: {},
};

/** The shortcut that keys imply; undefined where they imply none. */
export function impliedShortcut(has: (key: string) => boolean): Shortcut | undefined {
  const found = SHORTCUTS.find(({ marker }) => has(marker));
  return found?.marker === 'stages' && RATE_KEYS.some(has) ? RAMPING_RATE : found;
}

function spelledOut(scenario: MapNode, report: Report): MapNode {
  const shortcut = impliedShortcut((key) => scenario.entries.has(key));
  if (!shortcut) return scenario;
  const { executor, marker, clashes, renames } = shortcut;
  const clashing = clashes.filter((key) => scenario.entries.has(key));
  for (const key of clashing) {
    const span = keySpan(scenario, key) ?? scenario.span;
    report('ambiguous', `'${marker}' and '${key}' together do not say which executor is meant`, span, `name it: executor: ${executor}`);
  }
  const place = keySpan(scenario, marker) ?? scenario.span;
  const named: ScalarNode = { type: 'scalar', span: place, value: executor, plain: true };
  const kept = [...scenario.entries]
    .filter(([key]) => !clashing.includes(key))
    .map(([key, entry]): [string, Entry] => [renames[key] ?? key, entry]);
  return { ...scenario, entries: new Map([['executor', { key: place, node: named }], ...kept]) };
}

/** The tree with every scenario's executor named. A scenario without one that implies none is left to the schema. */
export function withExecutors(root: MapNode, report: Report): MapNode {
  if (entriesOf(at(root, 'load', 'scenarios')).every(([, { node }]) => at(node, 'executor') !== undefined)) return root;
  const inMap = (node: Node, change: (value: Node, key: string) => Node): Node => (node.type === 'map' ? mapValues(node, change) : node);
  return mapValues(root, (load, key) =>
    key !== 'load'
      ? load
      : inMap(load, (scenarios, part) =>
          part !== 'scenarios'
            ? scenarios
            : inMap(scenarios, (scenario) =>
                scenario.type === 'map' && !scenario.entries.has('executor') ? spelledOut(scenario, report) : scenario,
              ),
        ),
  );
}
