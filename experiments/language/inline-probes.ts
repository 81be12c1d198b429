/** Finds the conditions of a file, wherever they stand, and turns inline probes into named ones. */
import { judgement } from './condition.ts';
import { at, type Entry, entriesOf, keysOf, type MapNode, mapValues, type Node, toData } from './tree.ts';

/** Places of an objective where a condition stands. */
const CLAUSES: ReadonlySet<string> = new Set(['good', 'detected-by', 'during', 'since']);

export type ConditionPlace = 'hypothesis' | 'stop-when' | 'objective';

type Change = (condition: MapNode, place: ConditionPlace) => MapNode;

function changeOne(node: Node, place: ConditionPlace, change: Change): Node {
  return node.type === 'map' ? change(node, place) : node;
}

function changeList(node: Node, place: ConditionPlace, change: Change): Node {
  return node.type === 'list' ? { ...node, items: node.items.map((item) => changeOne(item, place, change)) } : node;
}

function changeObjective(objective: Node, change: Change): Node {
  if (objective.type !== 'map') return objective;
  return mapValues(objective, (value, key) => {
    if (CLAUSES.has(key)) return changeOne(value, 'objective', change);
    if (key !== 'after' || value.type !== 'map') return value;
    return mapValues(value, (inner, part) => (part === 'condition' ? changeOne(inner, 'objective', change) : inner));
  });
}

/** The tree with each condition replaced by what `change` makes of it. */
export function mapConditions(root: MapNode, change: Change): MapNode {
  return mapValues(root, (node, key) => {
    if (key === 'steady-state-hypothesis') return changeList(node, 'hypothesis', change);
    if (key === 'stop-when') return changeList(node, 'stop-when', change);
    if (key === 'objectives' && node.type === 'map') return mapValues(node, (objective) => changeObjective(objective, change));
    return node;
  });
}

/** Every condition of the tree in the order of the file. */
export function conditionsOf(root: MapNode): readonly { readonly node: MapNode; readonly place: ConditionPlace }[] {
  const found: { node: MapNode; place: ConditionPlace }[] = [];
  mapConditions(root, (node, place) => {
    found.push({ node, place });
    return node;
  });
  return found;
}

/** Names for things that have only a kind: the kind itself where it is alone, else numbered; never a name that is taken. */
export function nameByKind(kinds: readonly string[], taken: ReadonlySet<string>): readonly string[] {
  const used = new Set(taken);
  const counts = new Map<string, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return kinds.map((kind) => {
    const alone = counts.get(kind) === 1 && !used.has(kind);
    let name = kind;
    for (let number = 1; !alone && (name === kind || used.has(name)); number += 1) name = `${kind}-${number}`;
    used.add(name);
    return name;
  });
}

/** Keys of an inline probe that are about the judgement and stay in the condition. */
const JUDGEMENT_KEYS: ReadonlySet<string> = new Set([...Object.keys(judgement), 'for']);

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .map(([key, inner]) => [key, canonical(inner)])
    .toSorted(([left], [right]) => (String(left) < String(right) ? -1 : 1));
}

function split(node: MapNode): { probe: MapNode; judged: MapNode; identity: string } {
  const entries = [...node.entries];
  const probe = { ...node, entries: new Map(entries.filter(([key]) => !JUDGEMENT_KEYS.has(key))) };
  const judged = { ...node, entries: new Map(entries.filter(([key]) => JUDGEMENT_KEYS.has(key))) };
  return { probe, judged, identity: JSON.stringify(canonical(toData(probe))) };
}

/** Names of the probes of a map by what they are, so that what is written in place once more finds its name. */
function namesByIdentity(named: Node | undefined): Map<string, string> {
  const names = new Map<string, string>();
  for (const [name, { node }] of entriesOf(named)) {
    const identity = node.type === 'map' ? split(node).identity : undefined;
    if (identity !== undefined && !names.has(identity)) names.set(identity, name);
  }
  return names;
}

/**
 * The tree without inline probes: each became an entry of `probes`, and its condition is about that name's readings.
 * Identical ones share a probe, also with one that has a name, so that the system is looked at once.
 */
export function liftInlineProbes(root: MapNode): MapNode {
  const named = at(root, 'probes');
  const names = namesByIdentity(named);
  const inline = new Map<string, MapNode>();
  for (const { node } of conditionsOf(root)) {
    if (!node.entries.has('probe')) continue;
    const { probe, identity } = split(node);
    if (!names.has(identity) && !inline.has(identity)) inline.set(identity, probe);
  }
  const identities = [...inline.keys()];
  const kinds = identities.map((identity) => String(toData(at(inline.get(identity), 'probe') ?? root)));
  for (const [index, name] of nameByKind(kinds, new Set(keysOf(named))).entries()) names.set(identities[index] ?? '', name);
  const lifted = mapConditions(root, (node) => {
    if (!node.entries.has('probe')) return node;
    const { judged, identity } = split(node);
    const reading: Node = { type: 'scalar', span: node.span, value: names.get(identity) ?? '', plain: true };
    return { ...judged, entries: new Map([['reading', { key: node.span, node: reading }], ...judged.entries]) };
  });
  const added = [...inline].map(([identity, probe]): [string, Entry] => [names.get(identity) ?? '', { key: probe.span, node: probe }]);
  const probes: MapNode = { type: 'map', span: root.span, entries: new Map([...(named?.type === 'map' ? named.entries : []), ...added]) };
  return { ...lifted, entries: new Map([...lifted.entries, ['probes', { key: root.span, node: probes }]]) };
}
