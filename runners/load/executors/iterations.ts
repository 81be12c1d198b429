/** Numbers of iterations, as settings. */
import { z } from 'zod';
import type { Misfit } from '../../../experiments/language/kind.ts';

/** Iterations of one scenario; each that is dropped at the end is counted by itself. */
export const ITERATIONS_MAX = 10_000_000;

export const iterations = z.int().min(1).max(ITERATIONS_MAX).optional();

export function iterationsMisfits(inAll: number): readonly Misfit[] {
  if (inAll <= ITERATIONS_MAX) return [];
  return [
    {
      key: 'iterations',
      message: `that is ${inAll} iterations in all, the limit is ${ITERATIONS_MAX}`,
      hint: 'lower iterations, or use constant-vus with a duration',
    },
  ];
}
