/** Checks of the load's thresholds: metrics and tags that there are, and aggregations that suit them. */
import { at, entriesOf, itemsOf, type MapNode, type Node } from '../tree.ts';
import { checkLoadCondition } from './conditions.ts';
import type { CheckContext } from './context.ts';

/** The same as a condition, whose metric stands in the key. */
function asCondition(metric: Node, written: Node): MapNode {
  const threshold = at(written, 'threshold') ?? written;
  const entries = [
    ['load', metric],
    ['threshold', threshold],
  ] as const;
  return { type: 'map', span: written.span, entries: new Map(entries.map(([key, node]) => [key, { key: node.span, node }])) };
}

/** Checks every threshold of the load. */
export function checkThresholds(context: CheckContext): void {
  for (const [name, { node, key }] of entriesOf(at(context.root, 'load', 'thresholds'))) {
    const metric: Node = { type: 'scalar', span: key, value: name, plain: false };
    for (const written of node.type === 'list' ? itemsOf(node) : [node]) checkLoadCondition(context, asCondition(metric, written));
  }
}
