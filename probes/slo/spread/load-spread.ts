/** Measures of spread of the load by the values of a tag. */
import type { SpreadMeasure } from '../../../experiments/language/spread.ts';
import type { MetricSelector } from '../../../experiments/language/threshold.ts';
import type { Evidence } from '../evidence.ts';
import { measureWindow, readerFor } from '../judge-load.ts';
import { numberText } from '../judgement.ts';
import { BUCKET_MS, OTHER_TAG } from '../load-cells.ts';
import { shareOf } from './amounts.ts';
import { deploymentDelta, EXPECTED_MIN } from './deployment-delta.ts';
import { normalisedEntropy } from './entropy.ts';
import { worstTenant } from './error-rate-per-tenant.ts';
import { countText, exactly, type Found } from './found.ts';
import { hotKey } from './hot-key.ts';
import { measureAmounts, measureDelta } from './of-amounts.ts';
import { SpaceSaving } from './space-saving.ts';
import { TagWindows, type Tallies } from './tag-windows.ts';

const PERCENTILE_DEFAULT = 95;

/** Measures over [fromMs, toMs); from one call to the next, the stretch may move forwards only. */
export type MeasureStretch = (fromMs: number, toMs: number) => Found;

function hottest({ byValue, lost }: Tallies): Found {
  const keys = new SpaceSaving();
  for (const [value, { requests }] of byValue) keys.add(value, requests);
  const all = keys.total + lost;
  const hot = hotKey(keys);
  if (!hot) return 'no requests';
  const least = (hot.shareAtLeast * keys.total) / all;
  return { least, most: (hot.shareAtMost * keys.total + lost) / all, seen: `${hot.key} has the most of ${numberText(all)} requests` };
}

function comparison({ values = ['', ''] }: SpreadMeasure, { byValue }: Tallies): Found {
  const [old, recent] = values.map((value) => byValue.get(value)?.failed);
  const found = old && recent && deploymentDelta(old, recent);
  if (!found) return `no requests of ${values[old?.all ? 1 : 0]}`;
  const rough =
    found.delta !== 0 && found.expectedLeast < EXPECTED_MIN ? `; rough, with ${numberText(found.expectedLeast)} to be expected` : '';
  const difference = `${values[1]} fails ${numberText(100 * found.delta)} points more than ${values[0]}`;
  return exactly(found.z, `${difference}, p-value ${numberText(found.pValue)}${rough}`);
}

function worst({ byValue }: Tallies): Found {
  const tenant = worstTenant(new Map(byValue.entries().map(([value, { failed }]) => [value, failed])));
  return exactly(tenant?.ratio, tenant ? `${tenant.name} fails most` : 'a value had no requests');
}

function partOf({ of, value = '' }: SpreadMeasure, { byValue }: Tallies): Found {
  const all = byValue.values().reduce((sum, { requests }) => sum + requests, 0);
  const part = byValue.get(value)?.requests ?? 0;
  return exactly(shareOf(part, all), `${numberText(part)} of ${numberText(all)} requests have ${of} ${value}`);
}

function failures({ byValue }: Tallies): Found {
  const failed = [...byValue.values()].map((tally) => tally.failed.count);
  return exactly(normalisedEntropy(failed), countText(failed, 'failed requests'));
}

function latencies({ percentile = PERCENTILE_DEFAULT, text }: SpreadMeasure, { byValue }: Tallies, evidence: Evidence): Found {
  const selector: MetricSelector = { metric: 'http_req_latency', tags: {}, text };
  const question = { selector, aggregate: { aggregation: 'p', percentile } } as const;
  const reader = readerFor(selector, evidence);
  const length = { lengthMs: BUCKET_MS, completionsKnown: evidence.completionsKnown };
  const values = byValue
    .entries()
    .map(([value, { window }]) => [value, reader && measureWindow(question, reader, window, length).value] as const);
  const percentiles = new Map(values);
  const blank = percentiles.entries().find(([, value]) => value === undefined);
  return measureDelta(percentiles, blank && `${blank[0]} has no samples`, ' ms');
}

function measureTallies(spread: SpreadMeasure, tallies: Tallies, evidence: Evidence): Found {
  if (spread.measure === 'hot_key') return hottest(tallies);
  if (tallies.lost > 0) return `more series than are kept: ${tallies.lost} requests have lost their ${spread.of}`;
  if (spread.measure === 'z') return comparison(spread, tallies);
  if (spread.measure === 'share') return partOf(spread, tallies);
  if (spread.measure === 'error_rate') return worst(tallies);
  if (spread.measure === 'failed_entropy') return failures(tallies);
  if (spread.measure === 'delta') return latencies(spread, tallies, evidence);
  const requests = [...tallies.byValue.values()].map((tally) => tally.requests);
  return measureAmounts(spread.measure, requests, countText(requests, 'requests'));
}

/** Fewer samples than `least` say nothing. */
export function loadSpread(spread: SpreadMeasure, evidence: Evidence, least: number): MeasureStretch {
  const selector: MetricSelector = { metric: 'http_reqs', tags: spread.tags, text: spread.text };
  if (evidence.isIncomplete(selector)) return () => `more series than are kept: what ${spread.text} asks for may lie in ${OTHER_TAG}`;
  const windows = new TagWindows(evidence, spread.of, selector, spread.measure === 'delta' ? { trend: 'latency' } : {});
  return (fromMs, toMs) => {
    const tallies = windows.tallies(fromMs, toMs);
    if (tallies.byValue.size === 0 && tallies.lost === 0)
      return `there is neither load with a tag ${spread.of} nor a reading of a probe of that name`;
    const samples = tallies.byValue.values().reduce((sum, { failed }) => sum + failed.all, tallies.lost);
    if (samples < least) return samples === 0 ? 'no samples' : `${samples} of at least ${least} samples`;
    return measureTallies(spread, tallies, evidence);
  };
}
