/** Regular expressions as a setting. */
import { z } from 'zod';

function isPattern(written: string): boolean {
  try {
    new RegExp(written);
    return true;
  } catch {
    return false;
  }
}

export const pattern = z.string().refine(isPattern, { error: 'is not a regular expression' });
