/** Does nothing, and proves that it did; for tests and for the smallest experiment. */
import type { FiveMoves } from './five-moves.ts';

export function noop(): FiveMoves {
  const nothing = async () => ({ mechanism: 'noop', evidence: 'nothing was asked for, and nothing was done' });
  return { arm: nothing, inject: nothing, prove: nothing, undo: nothing, readBack: nothing };
}
