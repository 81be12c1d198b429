/** Checks of measures of spread: tags, counters and probes that there are, and measures that can be taken of them. */
import { suggest } from '../closest.ts';
import { BUILT_IN_METRICS } from '../load-metrics.ts';
import { MEASURES, parseSpread, type SpreadThreshold } from '../spread.ts';
import { at, keysOf, type MapNode, type Node, textOf } from '../tree.ts';
import type { CheckContext } from './context.ts';

const COUNTERS = BUILT_IN_METRICS.filter(({ type }) => type === 'counter').map(({ name }) => name);

/** What is wrong: a code, words, and what to write instead. */
type Wrong = readonly [code: string, message: string, hint?: string | undefined];

function wrongCounter({ measure, of }: SpreadThreshold, { hasScript }: CheckContext): Wrong | undefined {
  if (hasScript || COUNTERS.includes(of)) return undefined;
  return ['unknown-metric', `${measure} is taken of a counter of the load, and there is none called '${of}'`, suggest(of, COUNTERS)];
}

/** A tag that no scenario has, not together with those in braces, or not with the values that `z` compares. */
function wrongTag({ of, tags, values }: SpreadThreshold, context: CheckContext): Wrong | undefined {
  const matching = context.scenarioTags.filter((each) => Object.entries(tags).every(([tag, value]) => each[tag] === value));
  const keys = [...new Set(context.scenarioTags.flatMap((each) => Object.keys(each)))];
  if (!keys.includes(of)) return ['unknown-tag', `no scenario has a tag '${of}', and no probe is called so`, suggest(of, keys)];
  const known = [...new Set(matching.flatMap((each) => each[of] ?? []))];
  if (known.length === 0)
    return [
      'unknown-tag',
      `no scenario has the tag '${of}' and all of ${Object.entries(tags)
        .map((pair) => pair.join(':'))
        .join(', ')}`,
    ];
  const missing = values?.find((value) => !known.includes(value));
  return missing === undefined ? undefined : ['unknown-tag', `no scenario has the tag ${of}:${missing}`, suggest(missing, known)];
}

function wrongOf(spread: SpreadThreshold, context: CheckContext): Wrong | undefined {
  const { of } = MEASURES[spread.measure];
  if (of === 'counter') return wrongCounter(spread, context);
  const isProbe = keysOf(at(context.root, 'probes')).includes(spread.of);
  const isTag = context.scenarioTags.some((tags) => Object.hasOwn(tags, spread.of));
  if (isProbe && isTag) return ['ambiguous', `'${spread.of}' is a probe and a tag of the load`, 'give the probe another name'];
  if (isProbe && of === 'tag')
    return ['wrong-aggregation', `${spread.measure} is taken of a tag of the load, and '${spread.of}' is a probe`];
  if (isProbe && (Object.keys(spread.tags).length > 0 || spread.percentile !== undefined))
    return [
      'wrong-aggregation',
      `tags and percentiles are of the load, and '${spread.of}' is a probe`,
      `write ${spread.measure}(${spread.of})`,
    ];
  if (isProbe || context.hasScript) return undefined;
  return wrongTag(spread, context);
}

/** Checks a map of `spread`. What the grammar refuses, the schema reports. */
export function checkSpreadCondition(context: CheckContext, node: MapNode): void {
  const written: Node | undefined = at(node, 'spread');
  const spread = parseSpread(textOf(written) ?? '');
  if (!written || typeof spread === 'string') return;
  const wrong = wrongOf(spread, context);
  if (wrong) context.report(wrong[0], wrong[1], written.span, wrong[2]);
}
