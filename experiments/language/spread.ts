/**
 * Measures of spread in conditions: `entropy(region)>0.9`, `delta(region{scenario:viewers}, p(99))<50`, `z(build, old, new)<1.96`,
 * `peak(job_starts)<=40`. What is in the brackets is a tag of the load, a counter of the load, or a probe that looks at several containers.
 */
import { suggest } from './closest.ts';
import { OPERATORS, type Operator, parseAggregate, parseSelector } from './threshold.ts';

/** What a measure is taken of: values of a `tag` of the load, a `counter` of the load, or also a probe's `readings` by container. */
interface Measure {
  readonly of: 'tag' | 'counter' | 'tag or readings';
  /** What stands behind the comma. */
  readonly takes?: 'percentile' | 'one value' | 'two values';
  readonly meaning: string;
}

/** Every measure by the name that it has in conditions, in the order of the reference. */
export const MEASURES = {
  entropy: {
    of: 'tag or readings',
    meaning: 'normalised entropy of the requests by the values of the tag, 0 (all in one) … 1 (all equal)',
  },
  entropy_bits: { of: 'tag or readings', meaning: 'Shannon entropy in bits, 0 … log₂ of how many there are' },
  variation: { of: 'tag or readings', meaning: 'coefficient of variation, standard deviation / mean; below 0.2 is healthy' },
  gini: { of: 'tag or readings', meaning: 'Gini coefficient, 0 (all equal) … 1 (all in one)' },
  delta: {
    of: 'tag or readings',
    takes: 'percentile',
    meaning:
      'the two that lie furthest apart: by `http_req_latency` in ms, p(95) unless another percentile follows; of a probe, by its readings',
  },
  hot_key: { of: 'tag', meaning: 'share of all requests that the most frequent value takes, 0 … 1; below 0.01 is healthy' },
  share: {
    of: 'tag',
    takes: 'one value',
    meaning: 'share of all requests that have the value that follows, 0 … 1: warm starts, retries, what crosses into another region',
  },
  error_rate: { of: 'tag', meaning: 'failed share of the value that fails most, 0 … 1' },
  failed_entropy: { of: 'tag', meaning: 'normalised entropy of the failed requests, 0 (they come from one) … 1 (from all alike)' },
  z: {
    of: 'tag',
    takes: 'two values',
    meaning:
      'z of the two-proportion test on the failed shares of the two values that follow, old and new: above 1.96 the new one is worse',
  },
  peak: { of: 'counter', meaning: 'the most that the counter counts within any second' },
  deviation: { of: 'counter', meaning: 'standard deviation in ms of the instants at which the counter counts, ± 50 ms' },
} as const satisfies Readonly<Record<string, Measure>>;
export type MeasureName = keyof typeof MEASURES;

const NAMES = Object.keys(MEASURES);

/** A measure of spread and its bound. */
export interface SpreadThreshold {
  readonly measure: MeasureName;
  /** The tag, the counter or the probe. */
  readonly of: string;
  /** Tags (exact, ANDed) of the series that count. */
  readonly tags: Readonly<Record<string, string>>;
  /** Of `delta`, 0–100. */
  readonly percentile?: number;
  /** Of `share`. */
  readonly value?: string;
  /** Of `z`: old and new. */
  readonly values?: readonly [string, string];
  readonly operator: Operator;
  readonly bound: number;
  /** As it was written. */
  readonly text: string;
}

const SPREAD =
  /^\s*([A-Za-z_]+)\(\s*([A-Za-z0-9_][\w.-]*)\s*(\{[^{}]*\})?\s*(?:,([^{}]*))?\)\s*(<=|>=|===|==|!=|<|>)\s*(-?\d+(?:\.\d+)?(?:e-?\d+)?)\s*$/;
const FORM = 'is not a measure of spread and its bound; write it like entropy(region)>0.9';

function argumentOf(name: MeasureName, written: string | undefined): Pick<SpreadThreshold, 'percentile' | 'value' | 'values'> | string {
  const measure: Measure = MEASURES[name];
  if (measure.takes === 'two values') {
    const [old, recent, ...more] = (written ?? '').split(',').map((part) => part.trim());
    return old && recent && old !== recent && more.length === 0
      ? { values: [old, recent] }
      : `${name} compares two values of the tag; write it like ${name}(build, old, new)<1.96`;
  }
  if (measure.takes === 'one value') {
    const value = written?.trim() ?? '';
    return value !== '' && !value.includes(',')
      ? { value }
      : `${name} takes one value of the tag; write it like ${name}(start, warm)>=0.95`;
  }
  if (written === undefined) return {};
  const aggregate = measure.takes === 'percentile' ? parseAggregate(written) : undefined;
  const percentile = aggregate?.aggregation === 'med' ? 50 : aggregate?.percentile;
  if (percentile !== undefined) return { percentile };
  return measure.takes === undefined
    ? `${name} takes nothing behind a comma`
    : `${name} takes a percentile; write it like ${name}(region, p(95))<50`;
}

/** Parses a measure of spread and its bound; a text says what is wrong. */
export function parseSpread(text: string): SpreadThreshold | string {
  const [, written, of, braces, argument, operator, bound] = SPREAD.exec(text) ?? [];
  const selector = parseSelector(`of${braces ?? ''}`);
  const found = OPERATORS.find((each) => each === (operator === '===' ? '==' : operator));
  if (written === undefined || of === undefined || !selector || !found) return FORM;
  const measure = NAMES.find((each): each is MeasureName => each === written);
  if (!measure) return `there is no measure of spread '${written}'; ${suggest(written, NAMES)}`;
  const taken = argumentOf(measure, argument);
  if (typeof taken === 'string') return taken;
  return { measure, of, tags: selector.tags, ...taken, operator: found, bound: Number(bound), text: text.trim() };
}

/** A measure of spread without a bound. */
export type SpreadMeasure = Omit<SpreadThreshold, 'operator' | 'bound'>;

/** Parses a measure without a bound, `peak(job_starts)`; a text says what is wrong. */
export function parseMeasure(text: string): SpreadMeasure | string {
  const parsed = parseSpread(`${text}>0`);
  if (parsed === FORM) return 'is not a measure of spread; write it like peak(job_starts)';
  if (typeof parsed === 'string') return parsed;
  const { operator: _operator, bound: _bound, ...measure } = parsed;
  return { ...measure, text: text.trim() };
}
