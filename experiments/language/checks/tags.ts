/** Checks of the tags by which a condition on the load selects: some scenario has them, all together. */
import { suggest } from '../closest.ts';
import { ANSWER_TAGS, REQUEST_METRICS } from '../load-metrics.ts';
import type { MetricSelector } from '../threshold.ts';
import type { Node } from '../tree.ts';
import type { CheckContext } from './context.ts';

/** What is wrong with a selector's tags: the first that no scenario has, else that none has them together. */
function wrongTag(
  selector: MetricSelector,
  scenarios: readonly Readonly<Record<string, string>>[],
): { message: string; hint?: string | undefined } | undefined {
  const isToldLater = (key: string) => REQUEST_METRICS.has(selector.metric) && ANSWER_TAGS.has(key);
  const wanted = Object.entries(selector.tags).filter(([key]) => !(selector.metric === 'checks' && key === 'check') && !isToldLater(key));
  if (scenarios.some((tags) => wanted.every(([key, value]) => tags[key] === value))) return undefined;
  for (const [key, value] of wanted) {
    const values = [...new Set(scenarios.flatMap((tags) => tags[key] ?? []))];
    if (values.includes(value)) continue;
    const keys = [...new Set(scenarios.flatMap((tags) => Object.keys(tags)))];
    if (values.length === 0) return { message: `no scenario has a tag '${key}'`, hint: suggest(key, keys) };
    return { message: `no scenario has the tag ${key}:${value}`, hint: suggest(value, values) };
  }
  return { message: `no scenario has all of these tags: ${wanted.map(([key, value]) => `${key}:${value}`).join(', ')}` };
}

/** Reports tags, or a check, that nothing in the load has; `load` is where the selector stands. */
export function checkTags(context: CheckContext, load: Node, selector: MetricSelector): void {
  const scenarios = context.scenarioTags;
  if (scenarios.length === 0) {
    context.report('no-load', 'the experiment has no load that this could be about', load.span, 'add load: {scenarios: …}');
    return;
  }
  const wrong = wrongTag(selector, scenarios);
  if (wrong) context.report('unknown-tag', wrong.message, load.span, wrong.hint);
  const check = selector.metric === 'checks' ? selector.tags['check'] : undefined;
  const checks = context.checkNames;
  if (check !== undefined && !checks.includes(check)) {
    context.report('unknown-tag', `no request has a check '${check}'`, load.span, suggest(check, checks));
  }
}
