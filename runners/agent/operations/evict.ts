/**
 * Evicts a share of a Redis container's keys, by a program of ours that waits in the container's network namespace. Proven by
 * Redis' own counts: how many it unlinked, how many keys it had before and after. Nobody can undo it.
 */
import { z } from 'zod';
import { type Helper, startHelper } from '../application/helper.ts';
import { whereabouts } from '../whereabouts.ts';
import type { FiveMoves, Ground } from './five-moves.ts';
import { containerRef, defineOperation } from './operation.ts';

const looked = z.object({ matched: z.number() });
const evicted = z.object({
  matched: z.number(),
  chosen: z.number(),
  evicted: z.number(),
  keysBefore: z.number(),
  keysAfter: z.number(),
  thereAgain: z.number(),
  tookMs: z.number(),
  atNs: z.string(),
});

/** Evicts a share of the keys that match a pattern: SCAN, a seeded choice, UNLINK. Not undone. */
const shape = z.object({
  op: z.literal('evict'),
  container: containerRef,
  port: z.int().min(1).max(65_535),
  pattern: z.string(),
  /** 0–1. */
  share: z.number().min(0).max(1),
  seed: z.number(),
});

export const evict = defineOperation({ shape, follows: () => false, moves });

function moves(operation: z.output<typeof shape>, ground: Ground): FiveMoves {
  const place = whereabouts(ground.engine, operation.container);
  const { port, pattern, share, seed } = operation;
  let helper: Helper | undefined;
  let done: z.output<typeof evicted> | undefined;

  return {
    async arm(signal) {
      const network = await place.network();
      if (!network) throw new Error('it is not running, so that there is nothing to evict');
      helper = startHelper(network.pid, 'evict');
      await helper.ask({ do: 'connect', port, pattern, share, seed }, z.unknown(), signal);
      const { matched } = await helper.ask({ do: 'look' }, looked, signal);
      if (matched === 0) throw new Error(`no key matches '${pattern}' on port ${port}`);
      return { mechanism: 'redis', evidence: `${matched} keys match`, facts: { matched } };
    },
    async inject(signal) {
      if (!helper?.alive()) throw new Error('the program that should evict is gone');
      done = await helper.ask({ do: 'evict' }, evicted, signal);
      return { atNs: BigInt(done.atNs), mechanism: 'redis', facts: { evicted: done.evicted, matched: done.matched } };
    },
    async prove() {
      if (!done) throw new Error('nothing was evicted');
      if (done.evicted === 0) throw new Error(`none of the ${done.matched} keys that matched was evicted`);
      const { evicted: count, matched, keysBefore, keysAfter, thereAgain } = done;
      return {
        mechanism: 'redis',
        evidence: `Redis unlinked ${count} of ${matched} keys in ${done.tookMs.toFixed(1)} ms: ${keysBefore} before, ${keysAfter} after, ${thereAgain} of them there again at once`,
        facts: { evicted: count, matched, keysBefore, keysAfter },
      };
    },
    async undo() {
      await helper?.end();
      helper = undefined;
      return { evidence: 'evicted keys are not brought back' };
    },
    async readBack() {
      return { evidence: 'nothing of ours is left: evicted keys are not brought back' };
    },
  };
}
