/**
 * Moves that were given up and go on all the same, such as a call that a busy engine answers late. What one of them does after the undo
 * would stay: so an undo waits for those before it, and nothing is read back while one is under way.
 */
import { type FiveMoves, pause } from './operations/five-moves.ts';

/** How long an undo waits for a move that was given up. Then it undoes what there is, and the reading back fails. */
export const STRAY_MS_MAX = 10_000;

const WORDS = { arm: 'its arming', inject: 'its injecting', undo: 'its undo' } as const;

/** The same moves, in order. A proof touches nothing, and is not waited for. */
export function inOrder(moves: FiveMoves): FiveMoves {
  const underWay = new Map<Promise<unknown>, string>();
  const followed =
    (move: keyof typeof WORDS): FiveMoves['arm'] =>
    (signal) => {
      const moving = moves[move](signal);
      const ended: Promise<unknown> = moving.catch(() => undefined).finally(() => underWay.delete(ended));
      underWay.set(ended, WORDS[move]);
      return moving;
    };
  /** Those that did not end in time. */
  const strays = async (signal: AbortSignal) => {
    const ended = new AbortController();
    const limit = AbortSignal.any([signal, ended.signal]);
    if (underWay.size > 0) await Promise.race([Promise.all(underWay.keys()), pause(STRAY_MS_MAX, limit)]);
    ended.abort();
    return [...underWay.values()];
  };
  const undo = followed('undo');
  return {
    ...moves,
    arm: followed('arm'),
    inject: followed('inject'),
    async undo(signal) {
      await strays(signal);
      return undo(signal);
    },
    async readBack(signal) {
      const left = await strays(signal);
      if (left.length > 0) throw new Error(`${left.join(' and ')} was given up, and may still be under way`);
      return moves.readBack(signal);
    },
  };
}
