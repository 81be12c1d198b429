/**
 * k6's threshold grammar, the one grammar for every tolerance: `rate<0.01`, `p(95)<250`, `count>3`, and for readings
 * `value>=4.5`, `delta<=1`; and metric selectors, `http_req_failed{region:sa-east-1,scenario:viewers}`.
 */

export const AGGREGATIONS = ['rate', 'count', 'avg', 'min', 'max', 'med', 'value', 'delta'] as const;
export const OPERATORS = ['<=', '>=', '<', '>', '==', '!='] as const;
export type Operator = (typeof OPERATORS)[number];

/** How samples become one number. `percentile` is set for `p(N)` alone and lies in 0–100. */
export interface Aggregate {
  readonly aggregation: (typeof AGGREGATIONS)[number] | 'p';
  readonly percentile?: number;
}

export interface Threshold extends Aggregate {
  readonly operator: Operator;
  readonly bound: number;
  /** As it was written. */
  readonly text: string;
}

/** A metric of the load and the tags (exact, ANDed) of the series that count. */
export interface MetricSelector {
  readonly metric: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly text: string;
}

const THRESHOLD =
  /^\s*(?:(rate|count|avg|min|max|med|value|delta)|p\(\s*(\d+(?:\.\d+)?)\s*\))\s*(<=|>=|===|==|!=|<|>)\s*(-?\d+(?:\.\d+)?(?:e-?\d+)?)\s*$/;
const AGGREGATE = /^\s*(?:(rate|count|avg|min|max|med|value|delta)|p\(\s*(\d+(?:\.\d+)?)\s*\))\s*$/;
const SELECTOR = /^\s*([A-Za-z_][A-Za-z0-9_]*)\s*(?:\{\s*([^{}]*)\s*\})?\s*$/;

/** Parses a threshold; undefined when the text is none. */
export function parseThreshold(text: string): Threshold | undefined {
  const match = THRESHOLD.exec(text);
  if (!match) return undefined;
  const [, named, percentile, operator, bound] = match;
  const aggregate = aggregateOf(named, percentile);
  const found = OPERATORS.find((each) => each === (operator === '===' ? '==' : operator));
  if (!found || !aggregate) return undefined;
  return { ...aggregate, operator: found, bound: Number(bound), text: text.trim() };
}

/** Parses an aggregation alone, `p(95)`; undefined when the text is none. */
export function parseAggregate(text: string): Aggregate | undefined {
  const match = AGGREGATE.exec(text);
  return match ? aggregateOf(match[1], match[2]) : undefined;
}

function aggregateOf(named: string | undefined, percentile: string | undefined): Aggregate | undefined {
  if (percentile !== undefined && Number(percentile) > 100) return undefined;
  const aggregation = AGGREGATIONS.find((each) => each === named) ?? 'p';
  return { aggregation, ...(percentile === undefined ? {} : { percentile: Number(percentile) }) };
}

/** Parses a selector; undefined when the text is none or a tag is written twice. */
export function parseSelector(text: string): MetricSelector | undefined {
  const match = SELECTOR.exec(text);
  if (!match?.[1]) return undefined;
  const tags = new Map<string, string>();
  for (const pair of (match[2] ?? '').split(',').filter((each) => each.trim() !== '')) {
    const colon = pair.indexOf(':');
    const key = pair.slice(0, colon).trim();
    if (colon < 1 || tags.has(key)) return undefined;
    tags.set(key, pair.slice(colon + 1).trim());
  }
  return { metric: match[1], tags: Object.fromEntries(tags), text: text.trim() };
}
