/**
 * A script of the user's, and its counterpart. It is the runner that carries it out, on its own machine: the agent has neither the
 * script nor what it needs. So it is never among an agent's orders, and its undo is in the journal.
 */
import { z } from 'zod';
import { containerRef, defineOperation } from './operation.ts';

const call = z.object({
  /** Absolute, on the runner's machine. */
  path: z.string(),
  args: z.array(z.string()).readonly(),
  timeoutMs: z.number().positive(),
});
export type ScriptCall = z.output<typeof call>;

export const scriptShape = z.object({
  op: z.literal('script'),
  container: containerRef,
  run: call,
  undo: call,
  /** Ends with 0 while the effect is there, and with something else when it is gone. */
  prove: call.exactOptional(),
});
export type ScriptOperation = z.output<typeof scriptShape>;

export const script = defineOperation({
  shape: scriptShape,
  // What it did is not the container's own: a fresh start of that takes nothing of it away.
  follows: () => false,
  moves() {
    const notOurs = () => Promise.reject(new Error('a script is the runner’s to run'));
    return { arm: notOurs, inject: notOurs, prove: notOurs, undo: notOurs, readBack: notOurs };
  },
});
