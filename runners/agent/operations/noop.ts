/** Does nothing, and proves that it did; for tests and for the smallest experiment. */
import { z } from 'zod';
import { containerRef, defineOperation } from './operation.ts';

const shape = z.object({ op: z.literal('noop'), container: containerRef });

export const noop = defineOperation({
  shape,
  anyState: true,
  moves() {
    const nothing = async () => ({ mechanism: 'noop', evidence: 'nothing was asked for, and nothing was done' });
    return { arm: nothing, inject: nothing, prove: nothing, undo: nothing, readBack: nothing };
  },
});
