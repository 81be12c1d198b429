/** Judges a threshold on the load as a whole: from its beginning to an instant, live and afterwards alike. */
import type { LoadThreshold } from '../../experiments/language/experiment.ts';
import type { Evidence } from './evidence.ts';
import { judgeDespiteLag, type LateSpan } from './generator-lag.ts';
import type { Judgement } from './judgement.ts';
import { BUCKET_MS } from './load-cells.ts';

/** As its author would write it on one line. */
export function thresholdText({ load, threshold }: LoadThreshold): string {
  return `${load.text} ${threshold.text}`;
}

/**
 * Without a sample nothing is known. What the generator's own lag may have done is not held against the system. The bucket
 * in which the instant lies counts as far as it has come, so that the last requests of a load are among them.
 */
export function judgeThreshold({ load, threshold }: LoadThreshold, evidence: Evidence, toMs: number, late: readonly LateSpan[]): Judgement {
  return judgeDespiteLag({ load, threshold }, evidence, 0, Math.ceil(toMs / BUCKET_MS) * BUCKET_MS, late);
}
