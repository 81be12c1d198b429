/** Shares as experiments write them: `80%`. */
import { z } from 'zod';

const SHARE = /^\d{1,3}(?:\.\d+)?%$/;
const NOT_A_SHARE = 'is not a share; write it like 80%';

/** A share over 0 and up to `most` percent: text in, a fraction out. */
export function share(most = 100) {
  return z
    .string({ error: NOT_A_SHARE })
    .regex(SHARE, { error: NOT_A_SHARE })
    .refine((text) => Number.parseFloat(text) > 0 && Number.parseFloat(text) <= most, {
      error: `is out of range; write over 0% and up to ${most}%`,
    })
    .transform((text) => Number.parseFloat(text) / 100);
}

export function formatShare(fraction: number): string {
  return `${Number((fraction * 100).toFixed(3))}%`;
}
