/** The thresholds of a test: what they ask of which metric, whether they are met, and whether the test ends for one. */
import type { Duration } from '../../../../experiments/language/duration.ts';
import { AGGREGATIONS_OF } from '../../../../experiments/language/load-metrics.ts';
import { parseThreshold, type Threshold } from '../../../../experiments/language/threshold.ts';
import { aggregationText, meets } from '../../../../probes/slo/judgement.ts';
import { type MetricStore, parseMetricSelector, type StoredMetric } from './metric-store.ts';

/** One threshold as the options have it. */
export interface ThresholdOption {
  readonly threshold: string;
  readonly abortOnFail: boolean;
  /** Until then, from the start of the test, it ends nothing. */
  readonly delayAbortEval?: Duration | null | undefined;
}

/** Thresholds by metric or part of one, as the options have them. */
export type ThresholdOptions = Readonly<Record<string, readonly ThresholdOption[]>>;

/** A threshold, and how it stands. */
export interface JudgedThreshold {
  /** As written. */
  readonly text: string;
  readonly metric: StoredMetric;
  /** `p(95)`, `rate` … */
  readonly figure: string;
  readonly ok: boolean;
  readonly value: number;
}

interface Prepared {
  readonly option: ThresholdOption;
  readonly threshold: Threshold;
  readonly figure: string;
  readonly metric: StoredMetric;
}

/** What is wrong with thresholds; empty where they can be judged. Asks for no memory yet. */
export function thresholdProblems(options: ThresholdOptions, store: Pick<MetricStore, 'has' | 'names' | 'part'>): readonly string[] {
  return Object.entries(options).flatMap(([selector, each]) => {
    const metric = parseMetricSelector(selector)?.metric;
    if (metric === undefined) return [`threshold on '${selector}': this is not a metric, alone or with tags: name{tag:value}`];
    const type = store.has(metric) ? store.part(metric)?.type : undefined;
    if (type === undefined) return [`threshold on '${selector}': there is no metric '${metric}'; there are ${store.names.join(', ')}`];
    return each.flatMap(({ threshold }) => {
      const parsed = parseThreshold(threshold);
      if (!parsed) return [`threshold on '${selector}': '${threshold}' cannot be read; write it like p(95)<200`];
      if (AGGREGATIONS_OF[type].includes(parsed.aggregation)) return [];
      const known = AGGREGATIONS_OF[type].map((word) => (word === 'p' ? 'p(N)' : word)).join(', ');
      return [`threshold on '${selector}': a ${type} has no ${aggregationText(parsed)}, it has ${known}`];
    });
  });
}

export class Thresholds {
  readonly #prepared: readonly Prepared[];

  /** The options must be free of problems. */
  constructor(options: ThresholdOptions, store: Pick<MetricStore, 'part'>) {
    this.#prepared = Object.entries(options).flatMap(([selector, each]) =>
      each.flatMap((option) => {
        const threshold = parseThreshold(option.threshold);
        const metric = store.part(selector);
        return threshold && metric ? [{ option, threshold, figure: aggregationText(threshold), metric }] : [];
      }),
    );
  }

  /** How all of them stand. A metric without a sample stands at 0, as in k6. */
  judge(elapsedMs: number): readonly JudgedThreshold[] {
    return this.#prepared.map((prepared) => judgeOne(prepared, elapsedMs));
  }

  /** The first for which the test is to end: not met, abortOnFail, and its delay over. What has no sample yet ends nothing. */
  aborting(elapsedMs: number): JudgedThreshold | undefined {
    for (const prepared of this.#prepared) {
      const { option, metric } = prepared;
      if (!option.abortOnFail || metric.sink.isEmpty || elapsedMs < (option.delayAbortEval?.ms ?? 0)) continue;
      const judged = judgeOne(prepared, elapsedMs);
      if (!judged.ok) return judged;
    }
    return undefined;
  }
}

function judgeOne({ threshold, figure, metric }: Prepared, elapsedMs: number): JudgedThreshold {
  const value = metric.sink.figure(figure, elapsedMs) ?? 0;
  return { text: threshold.text, metric, figure, value, ok: meets(value, threshold) };
}
