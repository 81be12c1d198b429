/**
 * Freezes a Redis by a program of ours beside it, which pauses its clients a short lease at a time. Proven by an ordinary client
 * that was answered in arming and is answered no more. Undone by ending the pause; a Redis whose agent died thaws within the lease.
 */
import { z } from 'zod';
import { PAUSE_LEASE_MS } from '../application/freeze.ts';
import { type Helper, startHelper } from '../application/helper.ts';
import { whereabouts } from '../whereabouts.ts';
import { type FiveMoves, type Ground, pause } from './five-moves.ts';
import { containerRef, defineOperation } from './operation.ts';

/** Silence for this long, where an answer took milliseconds in arming, is a freeze. */
const SILENCE_MS = 250;
/** An answer in arming may take this long. */
const ANSWER_MS_MAX = 2_000;

const looked = z.object({ answeredMs: z.number().optional(), silentMs: z.number().optional(), reads: z.boolean().optional() });

/** CLIENT PAUSE, of everything or of writes. */
const shape = z.object({
  op: z.literal('freeze'),
  container: containerRef,
  port: z.int().min(1).max(65_535),
  mode: z.enum(['all', 'write']),
  user: z.string().exactOptional(),
  password: z.string().exactOptional(),
});

export const freeze = defineOperation({ shape, claims: ({ port }) => [`Redis on port ${port}`], moves });

function moves(operation: z.output<typeof shape>, ground: Ground): FiveMoves {
  const place = whereabouts(ground.engine, operation.container);
  const { port, mode, user, password } = operation;
  const what = mode === 'all' ? 'PING' : 'a write';
  let helper: Helper | undefined;
  let answeredInArmingMs = 0;
  const start = async (pid: number, signal: AbortSignal) => {
    const started = startHelper(pid, 'freeze');
    try {
      await started.ask({ do: 'connect', port, mode, user, password, tag: ground.tag }, z.unknown(), signal);
      return started;
    } catch (error) {
      await started.end();
      throw error;
    }
  };
  const end = async () => {
    await helper?.end();
    helper = undefined;
  };

  return {
    async arm(signal) {
      const network = await place.network();
      if (!network) throw new Error('it is not running, so that there is nothing to freeze');
      helper = await start(network.pid, signal);
      const { answeredMs } = await helper.ask({ do: 'look', withinMs: ANSWER_MS_MAX }, looked, signal);
      if (answeredMs === undefined)
        throw new Error(`${what} is not answered within ${ANSWER_MS_MAX} ms: it is frozen already, and is left alone`);
      answeredInArmingMs = answeredMs;
      return { mechanism: 'redis', evidence: `${what} is answered in ${answeredMs.toFixed(1)} ms` };
    },
    async inject(signal) {
      if (!helper?.alive()) throw new Error('the program that should freeze it is gone');
      const { atNs } = await helper.ask({ do: 'freeze' }, z.object({ atNs: z.string() }), signal);
      return { atNs: BigInt(atNs), mechanism: 'redis' };
    },
    async prove(signal) {
      if (!helper?.alive()) throw new Error('not frozen: the program that freezes it is gone');
      const seen = await helper.ask({ do: 'look', withinMs: SILENCE_MS }, looked, signal);
      if (seen.silentMs === undefined) throw new Error(`not frozen: ${what} is answered in ${seen.answeredMs?.toFixed(1)} ms`);
      if (mode === 'write' && seen.reads !== true) throw new Error('more than frozen: reads are not answered either');
      const reads = mode === 'write' ? '; reads are answered' : '';
      return {
        mechanism: 'redis',
        evidence: `${what} was answered in ${answeredInArmingMs.toFixed(1)} ms, and is not within ${Math.round(seen.silentMs)} ms${reads}`,
        facts: { silentMs: seen.silentMs },
      };
    },
    async undo(signal) {
      if (!ground.mayHaveTouched()) {
        await end();
        return { evidence: 'it was never frozen' };
      }
      if (!helper?.alive()) return { mechanism: 'redis', evidence: `it thaws by itself, within ${PAUSE_LEASE_MS} ms of its agent’s death` };
      const thawed = await helper.ask({ do: 'thaw' }, z.object({ told: z.boolean(), atNs: z.string() }), signal).catch(() => undefined);
      await end();
      if (!thawed?.told) return { mechanism: 'redis', evidence: `it could not be told, and thaws by itself within ${PAUSE_LEASE_MS} ms` };
      return { atNs: BigInt(thawed.atNs), mechanism: 'redis' };
    },
    async readBack(signal) {
      await end();
      if (!ground.mayHaveTouched()) return { evidence: 'it was never frozen' };
      const network = await place.network();
      if (!network) return { evidence: 'it does not run, and is frozen no more' };
      const limit = AbortSignal.any([signal, AbortSignal.timeout(2 * PAUSE_LEASE_MS)]);
      const witness = await start(network.pid, limit).catch(async (error: unknown) => {
        // Where it cannot be asked, its pause is over by now: nobody renews it.
        await pause(PAUSE_LEASE_MS, signal);
        return error instanceof Error ? error.message : String(error);
      });
      if (typeof witness === 'string') return { evidence: `nobody renews its pause, which is over; it could not be asked: ${witness}` };
      const { answeredMs } = await witness.ask({ do: 'look', withinMs: 2 * PAUSE_LEASE_MS }, looked, signal).finally(witness.end);
      if (answeredMs === undefined) throw new Error(`${what} is still not answered`);
      return { evidence: `${what} is answered` };
    },
  };
}
