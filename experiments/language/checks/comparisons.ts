/** Checks of comparisons: variants, metrics, probes and faults that there are, and measures that can be compared. */
import { ALL, PLAIN } from '../comparison.ts';
import { at, entriesOf, itemsOf, keysOf, type MapNode, type Node, textOf } from '../tree.ts';
import { checkLoadCondition, checkReadingCondition } from './conditions.ts';
import { type CheckContext, checkName } from './context.ts';
import { checkSpreadCondition } from './spread.ts';

/** A bound that any measure may be held against, where a check looks at conditions. */
const ANY_BOUND = '>0';

/** The measure as a condition: what `aggregate` or `spread` says gets a bound. */
function asCondition(measure: MapNode): MapNode {
  const bounded = (key: string, from: string): readonly [string, { key: Node['span']; node: Node }][] => {
    const node = at(measure, from);
    const text = textOf(node);
    if (!node || text === undefined) return [];
    return [[key, { key: node.span, node: { type: 'scalar', span: node.span, value: `${text}${ANY_BOUND}`, plain: false } }]];
  };
  const kept = [...measure.entries].filter(([key]) => key !== 'aggregate' && key !== 'spread');
  return { ...measure, entries: new Map([...kept, ...bounded('threshold', 'aggregate'), ...bounded('spread', 'spread')]) };
}

function checkMeasure(context: CheckContext, measure: MapNode): void {
  const condition = asCondition(measure);
  if (measure.entries.has('load')) checkLoadCondition(context, condition);
  else if (measure.entries.has('spread')) checkSpreadCondition(context, condition);
  else if (measure.entries.has('reading')) {
    const aggregate = at(measure, 'aggregate');
    if (aggregate && textOf(aggregate)?.trim() === 'value')
      context.report(
        'wrong-aggregation',
        "'value' is of single readings, and a run has many",
        aggregate.span,
        'write avg, max, med, p(95) or delta',
      );
    if (aggregate) checkReadingCondition(context, condition);
    checkName(context, 'unknown-probe', 'probe', at(measure, 'reading'), keysOf(at(context.root, 'probes')));
  }
}

/** A list, or a value alone as a list of it. */
function listed(node: Node | undefined): readonly Node[] {
  return node === undefined || node.type === 'list' ? itemsOf(node) : [node];
}

function checkSides(context: CheckContext, node: Node): void {
  const known = [...keysOf(at(context.root, 'variants')), PLAIN];
  const baseline = at(node, 'baseline');
  checkName(context, 'unknown-variant', 'variant', baseline, known);
  for (const variant of listed(at(node, 'variant'))) {
    checkName(context, 'unknown-variant', 'variant', variant, known);
    if (textOf(variant) !== undefined && textOf(variant) === textOf(baseline))
      context.report('wrong-value', `'${textOf(variant)}' is compared with itself`, variant.span, 'name two variants that differ');
  }
}

function checkPart(context: CheckContext, node: Node): void {
  const [part, fault] = [at(node, 'when'), at(node, 'fault')];
  checkName(context, 'unknown-fault', 'fault in the method called', fault, context.faultNames);
  if (part && !fault && textOf(part) !== 'whole' && context.faultNames.length === 0)
    context.report('unknown-fault', `'${textOf(part) ?? ''}' counts from a fault, and the method has none`, part.span, 'leave it out');
}

/** Checks every comparison, and that no variant has a name with a meaning of its own. */
export function checkComparisons(context: CheckContext): void {
  for (const [name, { key }] of entriesOf(at(context.root, 'variants'))) {
    const meaning = { [PLAIN]: 'the file as it stands', [ALL]: 'all variants' }[name];
    if (meaning !== undefined)
      context.report('taken-name', `'${name}' means ${meaning}, where variants are named`, key, 'give it another name');
  }
  for (const [, { node }] of entriesOf(at(context.root, 'comparisons'))) {
    const measure = at(node, 'measure');
    if (measure?.type === 'map') checkMeasure(context, measure);
    checkSides(context, node);
    checkPart(context, node);
  }
}
