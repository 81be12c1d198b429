/** Measures of spread of a probe's readings over the containers that it looks at. */
import type { SpreadMeasure } from '../../../experiments/language/spread.ts';
import type { Evidence } from '../evidence.ts';
import { numberOf } from '../judge-reading.ts';
import { finite } from './amounts.ts';
import { countText, type Found } from './found.ts';
import { measureAmounts, measureDelta } from './of-amounts.ts';

/** The mean of each container's readings, undefined where it has none in here; a container that was looked at before `toMs` counts. */
function meansOf(evidence: Evidence, probe: string, fromMs: number, toMs: number): Map<string, number | undefined> {
  const lists = evidence.readingsOf(probe).filter((list) => list.some(({ startedMs }) => startedMs < toMs));
  return new Map(
    lists.map((list) => {
      const inside = list.filter(({ status, startedMs, atMs }) => status === 'ok' && startedMs >= fromMs && atMs <= toMs);
      const numbers = inside.map(({ value }) => numberOf(value)).filter((value) => value !== undefined);
      return [list[0]?.container ?? '', finite(numbers.reduce((sum, value) => sum + value, 0) / numbers.length)];
    }),
  );
}

/** Where one container has no reading, nothing is known: it is a gap, not health. */
export function readingSpread({ measure, of }: SpreadMeasure, evidence: Evidence, least: number, fromMs: number, toMs: number): Found {
  const means = meansOf(evidence, of, fromMs, toMs);
  const blank = means.entries().find(([, mean]) => mean === undefined);
  if (means.size === 0) return 'no readings';
  if (blank) return `no readings of ${blank[0]}`;
  if (means.size < least) return `readings of ${means.size} of at least ${least} containers`;
  if (measure === 'delta') return measureDelta(means, undefined, '');
  const amounts = [...means.values()].filter((mean) => mean !== undefined);
  return measureAmounts(measure, amounts, countText(amounts, 'in all'));
}
