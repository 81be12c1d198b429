/** Checks of conditions: metrics, tags, probes and facts that there are, and aggregations that suit them. */
import { suggest } from '../closest.ts';
import { conditionsOf } from '../inline-probes.ts';
import { parseSelector, parseThreshold, type Threshold } from '../threshold.ts';
import { at, entriesOf, keySpan, keysOf, type MapNode, type Node, textOf } from '../tree.ts';
import { checkBurnCondition } from './burn.ts';
import { type CheckContext, checkName } from './context.ts';
import { checkProbe } from './method.ts';
import { METRICS, spelled } from './metrics.ts';
import { checkSpreadCondition } from './spread.ts';
import { checkTags } from './tags.ts';

function checkAggregation(context: CheckContext, node: Node | undefined, allowed: readonly Threshold['aggregation'][], what: string): void {
  const threshold = parseThreshold(textOf(node) ?? '');
  if (!node || !threshold || allowed.includes(threshold.aggregation)) return;
  const hint = `${what} takes ${allowed.map(spelled).join(', ')}`;
  context.report('wrong-aggregation', `'${spelled(threshold.aggregation)}' does not suit ${what}`, node.span, hint);
}

/** Checks a map of `load` and `threshold`. */
export function checkLoadCondition(context: CheckContext, node: MapNode): void {
  const load = at(node, 'load');
  const selector = parseSelector(textOf(load) ?? '');
  if (!load || !selector) return;
  const allowed = Object.hasOwn(METRICS, selector.metric) ? METRICS[selector.metric] : undefined;
  if (allowed === undefined && !context.hasScript) {
    context.report('unknown-metric', `there is no metric '${selector.metric}'`, load.span, suggest(selector.metric, Object.keys(METRICS)));
  }
  if (allowed) checkAggregation(context, at(node, 'threshold'), allowed, selector.metric);
  if (!context.hasScript) checkTags(context, load, selector);
}

/** Checks a map of `reading` or `probe`, and what is said of it. */
export function checkReadingCondition(context: CheckContext, node: MapNode): void {
  const marker = node.entries.has('probe') ? 'probe' : 'reading';
  const place = at(node, marker)?.span ?? node.span;
  const [tolerance, threshold] = [at(node, 'tolerance'), at(node, 'threshold')];
  if (!tolerance && !threshold)
    context.report(
      'missing-key',
      'a condition on readings needs a tolerance or a threshold',
      place,
      'add tolerance: 200 or threshold: value<10',
    );
  if (tolerance && threshold) {
    context.report(
      'ambiguous',
      'a condition takes a tolerance or a threshold, not both',
      keySpan(node, 'threshold') ?? threshold.span,
      'write two conditions',
    );
  }
  const together = parseThreshold(textOf(threshold) ?? '');
  for (const key of ['wrong-in-a-row', 'right-in-a-row']) {
    if (!node.entries.has(key) || !together || together.aggregation === 'value') continue;
    const message = `'${key}' is about single readings, '${spelled(together.aggregation)}' about all of a window together`;
    context.report('ambiguous', message, keySpan(node, key) ?? place, 'use a tolerance, or threshold: value<…');
  }
  const per = at(node, 'per');
  const fact = textOf(per);
  const fault = fact === undefined ? undefined : fact.slice(0, Math.max(0, fact.lastIndexOf('.')));
  const names = context.faultNames;
  if (per && fault && !names.includes(fault))
    context.report('unknown-fault', `there is no fault '${fault}' in the method`, per.span, suggest(fault, names));
  if (per && tolerance)
    context.report(
      'ambiguous',
      'per divides what a threshold judges; a tolerance looks at single readings',
      per.span,
      'use threshold: with per',
    );
}

/** Keys of which a condition has exactly one; the schema reports anything else. */
const MARKERS = ['load', 'reading', 'spread', 'burn', 'probe'] as const;

/** Checks every condition, and every probe whether named or inline. */
export function checkConditions(context: CheckContext): void {
  const probes = keysOf(at(context.root, 'probes'));
  for (const [, { node }] of entriesOf(at(context.root, 'probes'))) checkProbe(context, node);
  for (const { node } of conditionsOf(context.root)) {
    const markers = MARKERS.filter((marker) => node.entries.has(marker));
    if (markers.length !== 1) continue;
    if (markers[0] === 'load') {
      checkLoadCondition(context, node);
      continue;
    }
    if (markers[0] === 'spread') {
      checkSpreadCondition(context, node);
      continue;
    }
    if (markers[0] === 'burn') {
      checkBurnCondition(context, node);
      continue;
    }
    checkReadingCondition(context, node);
    if (node.entries.has('probe')) checkProbe(context, node);
    checkName(context, 'unknown-probe', 'probe', at(node, 'reading'), probes);
  }
}
