/**
 * An experiment file as a tree of maps, lists and scalars that remember where they stand, so that what is merged,
 * substituted and checked still has a place to point at. Aliases are already followed.
 */
import type { Span } from './source.ts';

export type Scalar = string | number | boolean | null;

export interface ScalarNode {
  readonly type: 'scalar';
  readonly span: Span;
  readonly value: Scalar;
  /** Written without quotes, so that it may stand for a number or boolean. */
  readonly plain: boolean;
  /** The other reading of a scalar that came from the environment: `150` as text and as number. */
  readonly otherwise?: Scalar;
  /** A variable or alias that it is made of has no value, which is reported already; nothing more can be said of it. */
  readonly unset?: boolean;
}

export interface ListNode {
  readonly type: 'list';
  readonly span: Span;
  readonly items: readonly Node[];
}

export interface Entry {
  readonly key: Span;
  readonly node: Node;
}

export interface MapNode {
  readonly type: 'map';
  readonly span: Span;
  readonly entries: ReadonlyMap<string, Entry>;
}

export type Node = ScalarNode | ListNode | MapNode;

/** The node as plain data. `flipped` scalars give their other reading. */
export function toData(node: Node, flipped: ReadonlySet<Node> = new Set()): unknown {
  if (node.type === 'scalar') return flipped.has(node) ? node.otherwise : node.value;
  if (node.type === 'list') return node.items.map((item) => toData(item, flipped));
  return Object.fromEntries([...node.entries].map(([key, entry]) => [key, toData(entry.node, flipped)]));
}

/** The node's data where it is a map, else an empty one. */
export function toRecord(node: Node | undefined, flipped?: ReadonlySet<Node>): Record<string, unknown> {
  return Object.fromEntries(entriesOf(node).map(([key, entry]) => [key, toData(entry.node, flipped)]));
}

/** The node under a path of keys; undefined where the path ends early. */
export function at(node: Node | undefined, ...path: readonly string[]): Node | undefined {
  return path.reduce<Node | undefined>((found, key) => (found?.type === 'map' ? found.entries.get(key)?.node : undefined), node);
}

/** The key's place in a map. */
export function keySpan(node: Node | undefined, key: string): Span | undefined {
  return node?.type === 'map' ? node.entries.get(key)?.key : undefined;
}

/** Entries of a map in the order of the file; none for anything else. */
export function entriesOf(node: Node | undefined): readonly (readonly [string, Entry])[] {
  return node?.type === 'map' ? [...node.entries] : [];
}

export function keysOf(node: Node | undefined): readonly string[] {
  return node?.type === 'map' ? [...node.entries.keys()] : [];
}

/** Items of a list; none for anything else. */
export function itemsOf(node: Node | undefined): readonly Node[] {
  return node?.type === 'list' ? node.items : [];
}

/** The text of a scalar; undefined for anything that is no text, or not known. */
export function textOf(node: Node | undefined): string | undefined {
  return node?.type === 'scalar' && typeof node.value === 'string' && !node.unset ? node.value : undefined;
}

/** The map with some entries set; what it had under those keys is replaced in place. */
export function withEntries(node: MapNode, entries: Iterable<readonly [string, Entry]>): MapNode {
  return { ...node, entries: new Map([...node.entries, ...entries]) };
}

/** The same map with another function's answer for each value. */
export function mapValues(node: MapNode, change: (value: Node, key: string) => Node): MapNode {
  return { ...node, entries: new Map([...node.entries].map(([key, entry]) => [key, { ...entry, node: change(entry.node, key) }])) };
}
