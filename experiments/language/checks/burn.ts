/** Checks of burn rates: a metric that tells good requests from bad ones, tags that there are, windows that a scale leaves long enough. */
import { formatMs } from '../duration.ts';
import { BURN_WINDOW_MS_MIN, BURN_WINDOWS } from '../error-budget.ts';
import { parseSelector } from '../threshold.ts';
import { at, itemsOf, type MapNode, textOf } from '../tree.ts';
import type { CheckContext } from './context.ts';
import { msOf } from './durations.ts';
import { checkTags } from './tags.ts';

/** Metrics of which each sample is good or bad. */
const METRICS: readonly string[] = ['http_req_failed', 'checks'];

function shortestMs(node: MapNode): number | undefined {
  const written = at(node, 'windows');
  if (!written) return Math.min(...BURN_WINDOWS.flatMap(({ over, 'and-over': andOver }) => [over.ms, andOver.ms]));
  const lengths = itemsOf(written).flatMap((each) => [msOf(at(each, 'over')), msOf(at(each, 'and-over'))]);
  const known = lengths.filter((length) => length !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function checkScale(context: CheckContext, node: MapNode): void {
  const scale = at(node, 'scale');
  const factor = scale?.type === 'scalar' ? Number(scale.value) : 1;
  const shortest = shortestMs(node);
  if (shortest === undefined || !(factor >= 1) || shortest / factor >= BURN_WINDOW_MS_MIN) return;
  const most = Math.floor(shortest / BURN_WINDOW_MS_MIN);
  const message = `the shortest window, ${formatMs(shortest)}, divided by ${factor} is less than ${formatMs(BURN_WINDOW_MS_MIN)}`;
  context.report(
    'out-of-range',
    message,
    (scale ?? at(node, 'windows') ?? node).span,
    most >= 1 ? `write scale: ${most} or less` : undefined,
  );
}

/** Windows must be a long one and a short one within it. */
function checkOrder(context: CheckContext, node: MapNode): void {
  for (const each of itemsOf(at(node, 'windows'))) {
    const [long, short] = [at(each, 'over'), at(each, 'and-over')];
    const [longMs, shortMs] = [msOf(long), msOf(short)];
    if (!short || longMs === undefined || shortMs === undefined || shortMs <= longMs) continue;
    context.report(
      'out-of-range',
      `the short window, ${textOf(short)}, is longer than the long one, ${textOf(long)}`,
      short.span,
      'swap the two',
    );
  }
}

/** Checks a map of `burn`. */
export function checkBurnCondition(context: CheckContext, node: MapNode): void {
  const burn = at(node, 'burn');
  const selector = parseSelector(textOf(burn) ?? '');
  if (burn && selector && !METRICS.includes(selector.metric)) {
    const message = `a burn rate counts good and bad requests, and '${selector.metric}' does not tell them apart`;
    context.report('wrong-aggregation', message, burn.span, `write ${METRICS.join(' or ')}`);
  } else if (burn && selector && !context.hasScript) checkTags(context, burn, selector);
  checkScale(context, node);
  checkOrder(context, node);
}
