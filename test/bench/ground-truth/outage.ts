/** Outages drawn by seeds: what goes wrong, for how long, and under how much load. The same seed is the same outage. */
import { randomFrom } from '../../helpers/random.ts';

/** Answers of 503; no answer at all; no listener; answers that come late. */
export const OUTAGE_KINDS = ['errors', 'hangs', 'refusals', 'slow'] as const;

export interface Outage {
  readonly seed: number;
  readonly kind: (typeof OUTAGE_KINDS)[number];
  readonly ratePerS: number;
  readonly lengthMs: number;
  /** From the first request to the failure; every part of a bucket is hit alike. */
  readonly beforeMs: number;
  /** How late answers are, of `slow`. */
  readonly lateMs: number;
}

const BEFORE_MS = 2500;
const LENGTH_MS_MIN = 200;
const LENGTH_MS_MAX = 20_000;
const RATE_MIN = 20;
const RATE_MAX = 2000;

/** Between two bounds, each doubling as likely as any other. */
function logEvenly(share: number, least: number, most: number): number {
  return least * (most / least) ** share;
}

/** The outage of a seed, 0.2–20 s at 20–2,000 requests a second; `lengthMsMax` for short ones. */
export function outageOf(seed: number, lengthMsMax = LENGTH_MS_MAX): Outage {
  const random = randomFrom(seed * 7919);
  return {
    seed,
    kind: OUTAGE_KINDS[seed % OUTAGE_KINDS.length] ?? 'errors',
    ratePerS: Math.round(logEvenly(random(), RATE_MIN, RATE_MAX)),
    lengthMs: Math.round(logEvenly(random(), LENGTH_MS_MIN, lengthMsMax)),
    beforeMs: Math.round(BEFORE_MS + random() * 1000),
    lateMs: Math.round(400 + random() * 1100),
  };
}
