/** Thresholds on the whole of the load, as k6 has them: judged while it runs and at its end; one may end the run at once. */
import { z } from 'zod';
import { byMarker } from './choice.ts';
import { threshold } from './condition.ts';
import { type Duration, duration } from './duration.ts';
import { type MetricSelector, parseSelector, type Threshold } from './threshold.ts';

const NOT_A_METRIC = 'is not a metric; write it like http_req_failed or http_req_failed{region:x}';

const withAbort = z.strictObject({
  threshold,
  abortOnFail: z
    .boolean()
    .default(false)
    .describe('Whether the run is stopped, and everything undone, as soon as it is broken; default false.'),
  delayAbortEval: duration.optional().describe('From when on it may stop the run, so that there are enough samples; default 0s.'),
});

const one = byMarker(
  'a threshold',
  { threshold: withAbort },
  z
    .union([threshold, withAbort])
    .meta({ id: 'load-threshold', description: 'aggregation operator number, or {threshold, abortOnFail, delayAbortEval}.' }),
  threshold,
);

/** By the metric, with its tags: `http_req_failed: [rate<0.01, {threshold: rate<0.5, abortOnFail: true}]`. */
export const thresholds = z
  .record(
    z.string().refine((text) => parseSelector(text) !== undefined, { error: NOT_A_METRIC }),
    z.union([z.array(one).min(1), one]),
  )
  .describe('What the load as a whole must come to, by metric.');

/** What the load as a whole must come to. */
export interface LoadThreshold {
  readonly load: MetricSelector;
  readonly threshold: Threshold;
  readonly abortOnFail: boolean;
  readonly delayAbortEval: Duration;
}

/** All of them, each with its metric. */
export function thresholdsFrom(given: z.output<typeof thresholds>): readonly LoadThreshold[] {
  return Object.entries(given).flatMap(([text, written]) => {
    const load = parseSelector(text);
    if (!load) return [];
    return [written].flat().map((each): LoadThreshold => {
      if ('operator' in each) return { load, threshold: each, abortOnFail: false, delayAbortEval: { ms: 0 } };
      return { load, threshold: each.threshold, abortOnFail: each.abortOnFail, delayAbortEval: each.delayAbortEval ?? { ms: 0 } };
    });
  });
}
