/** Puts a variant over the file, before anything is checked, so that places and strictness hold for both. */
import { at, type Entry, type MapNode, type Node, withEntries } from './tree.ts';

/** `over` put over `base`: maps key by key, anything else replaced. */
export function merge(base: Node | undefined, over: Node): Node {
  if (base?.type !== 'map' || over.type !== 'map') return over;
  const merged = [...over.entries].map(
    ([key, entry]) => [key, { ...entry, node: merge(base.entries.get(key)?.node, entry.node) }] as const,
  );
  return withEntries(base, merged);
}

/** The system as a map, where it was written as the path alone. */
function asMap(system: Node): MapNode {
  if (system.type === 'map') return system;
  return { type: 'map', span: system.span, entries: new Map([['compose', { key: system.span, node: system }]]) };
}

/** The tree with one variant put over it. A variant that is no map, or of keys it may not have, changes nothing here: the schema reports it. */
export function withVariant(root: MapNode, variant: Node): MapNode {
  if (variant.type !== 'map') return root;
  const changes: [string, Entry][] = [];
  for (const key of ['load', 'objectives']) {
    const entry = variant.entries.get(key);
    if (entry) changes.push([key, { ...entry, node: merge(at(root, key), entry.node) }]);
  }
  const environment = variant.entries.get('environment');
  const system = root.entries.get('system');
  if (environment && system) {
    const map = asMap(system.node);
    const merged = merge(at(map, 'environment'), environment.node);
    changes.push(['system', { ...system, node: withEntries(map, [['environment', { ...environment, node: merged }]]) }]);
  }
  return withEntries(root, changes);
}
