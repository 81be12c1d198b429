/** Retry rate: how much of the load is made of attempts after the first. */
import { finite } from './amounts.ts';

const MS_PER_MINUTE = 60_000;

export interface Retries {
  readonly retries: number;
  /** attempts / requests: 1 without retries, 4 for three retries of everything. */
  readonly amplification: number;
  /** retries / requests: below 0.1 with a retry budget of 10 %. */
  readonly perRequest: number;
  /** retries in a minute. */
  readonly perMinute: number;
}

/** Of `attempts` that were sent for `requests` in `overMs`; the rest are retries. Undefined without requests or time, or with fewer attempts than requests. */
export function retryRate(requests: number, attempts: number, overMs: number): Retries | undefined {
  const retries = attempts - requests;
  if (!(requests > 0 && retries >= 0 && overMs > 0)) return undefined;
  const perMinute = finite((retries * MS_PER_MINUTE) / overMs);
  if (perMinute === undefined || !Number.isFinite(overMs) || !Number.isFinite(attempts)) return undefined;
  return { retries, amplification: attempts / requests, perRequest: retries / requests, perMinute };
}
