/** One run's sample for one comparison, from its evidence alone. Nothing is held against a system that its load generator may have done. */
import type { Measure } from '../../../experiments/language/comparison.ts';
import type { Evidence, ProbeReading } from '../evidence.ts';
import { type LateSpan, overlapping, withoutLaggards, worstLag } from '../generator-lag.ts';
import { isLatency, measureLoad } from '../judge-load.ts';
import { aggregateReadings, judgeReading, numberOf } from '../judge-reading.ts';
import { isSpreadOfLatency, measureOf } from '../judge-spread.ts';
import { aggregationText, numberText } from '../judgement.ts';
import { loadCounts, loadIntervals } from './load-intervals.ts';
import type { Intervals, RunSample } from './sample.ts';
import type { Span } from './span.ts';

/** Aggregates of readings that do not depend on their order or on single ones. */
const DRAWABLE: ReadonlySet<string> = new Set(['rate', 'avg', 'med', 'p']);

type Sampled = Omit<RunSample, 'run'>;
type ReadingMeasure = Extract<Measure, { reading: string }>;

/** The measure as its author would write it on one line. */
export function measureText(measure: Measure): string {
  if ('spread' in measure) return measure.spread.text;
  const aggregate = aggregationText(measure.aggregate);
  if ('load' in measure) return `${measure.load.text} ${aggregate}`;
  return `${measure.reading} ${aggregate}${measure.per ? ` per ${measure.per.fault}.${measure.per.fact}` : ''}`;
}

/** Readings in the order in which they ended, those of all containers together. */
function readingIntervals({ reading, aggregate, per }: ReadingMeasure, evidence: Evidence, { fromMs, toMs }: Span): Intervals | undefined {
  if (!DRAWABLE.has(aggregate.aggregation) || per) return undefined;
  const lists = evidence.readingsOf(reading);
  const inside = lists.flatMap((list) =>
    list.filter(({ status, startedMs, atMs }) => status === 'ok' && startedMs >= fromMs && atMs <= toMs),
  );
  const ok = inside.toSorted((one, other) => one.atMs - other.atMs);
  const over = (indexes: readonly number[]): number => {
    const drawn = indexes.map((index) => ok[index]).filter((each): each is ProbeReading => each !== undefined);
    return aggregateReadings(aggregate, drawn, toMs - fromMs) ?? Number.NaN;
  };
  return { unit: 'reading', values: ok.map(({ value }) => numberOf(value) ?? Number.NaN), over };
}

function sampleReading(measure: ReadingMeasure, evidence: Evidence, span: Span): Sampled {
  const threshold = { ...measure.aggregate, operator: '>=', bound: Number.NEGATIVE_INFINITY, text: '' } as const;
  const { value, seen } = judgeReading({ ...measure, threshold }, evidence, span.fromMs, span.toMs);
  return { value, seen, intervals: readingIntervals(measure, evidence, span) };
}

function sampleSpread(measure: Extract<Measure, { spread: object }>, evidence: Evidence, { fromMs, toMs }: Span): Sampled {
  const found = measureOf(measure, evidence)(fromMs, toMs);
  if (typeof found === 'string') return { value: undefined, seen: found };
  const { least, most, seen } = found;
  if (least === most) return { value: least, seen };
  return { value: undefined, seen: `${numberText(least)} to ${numberText(most)}; ${seen}` };
}

function isOfLatency(measure: Measure, evidence: Evidence): boolean {
  if ('spread' in measure) return isSpreadOfLatency(measure, evidence);
  return 'load' in measure && isLatency(measure.load.metric, evidence);
}

/**
 * The sample of a generator that was itself late by up to `lagMs` for 99 % of the requests: a percentile N is too high by no more than what lies
 * between it and N − 1 without the lag. Of other aggregates nothing is known.
 */
function sampleDespiteLag(measure: Measure, evidence: Evidence, span: Span, lagMs: number): Sampled {
  const blame = `the load generator was itself late by ${Math.round(lagMs)} ms`;
  const aggregate = 'load' in measure ? withoutLaggards(measure.aggregate) : undefined;
  if (!('load' in measure) || !aggregate) return { value: undefined, seen: blame };
  const asMeasured = sample(measure, evidence, span);
  const { value: beyond } = sample({ ...measure, aggregate }, evidence, span);
  if (asMeasured.value === undefined || beyond === undefined) return asMeasured;
  const tooHighBy = asMeasured.value - Math.max(0, beyond - lagMs);
  return { ...asMeasured, tooHighBy, seen: `${asMeasured.seen}; ${blame}` };
}

/** Samples a run. What cannot be measured, a measure that throws included, has no value. */
export function sampleRun(run: string, measure: Measure, evidence: Evidence, span: Span | string, late: readonly LateSpan[]): RunSample {
  if (typeof span === 'string') return { run, value: undefined, seen: span };
  const lagMs = worstLag(overlapping(late, span.fromMs, span.toMs));
  try {
    if (lagMs > 0 && isOfLatency(measure, evidence)) return { run, ...sampleDespiteLag(measure, evidence, span, lagMs) };
    return { run, ...sample(measure, evidence, span) };
  } catch (error) {
    return { run, value: undefined, seen: `could not be measured: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function sample(measure: Measure, evidence: Evidence, span: Span): Sampled {
  if ('spread' in measure) return sampleSpread(measure, evidence, span);
  if ('reading' in measure) return sampleReading(measure, evidence, span);
  const { load: selector, aggregate } = measure;
  return {
    ...measureLoad({ selector, aggregate }, evidence, span.fromMs, span.toMs),
    intervals: loadIntervals(selector, aggregate, evidence, span),
    counts: loadCounts(selector, aggregate, evidence, span),
  };
}
