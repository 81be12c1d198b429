/** What is done to which requests, and the counts of it. */
import type { Socket } from 'node:net';
import { z } from 'zod';
import { matcher, matchShape, seededChance } from './choice.ts';
import type { Framing, RequestHead } from './head.ts';
import type { MadeUp } from './made-up.ts';

/** What happens to a request that is hit; at most one of `answer`, `abort` and `cut`. */
export const actShape = z.object({
  delayMs: z.number().min(0).exactOptional(),
  /** The delay varies evenly by this much either way. */
  jitterMs: z.number().min(0).exactOptional(),
  answer: z.object({ status: z.int().min(100).max(599), body: z.string() }).exactOptional(),
  abort: z.literal(true).exactOptional(),
  /** The response's body ends after so much of it, on the wire. */
  cut: z.union([z.object({ bytes: z.int().min(0) }), z.object({ share: z.number().min(0).max(1) })]).exactOptional(),
});

export const faultsShape = z.object({
  match: matchShape,
  /** 0–1, of the requests that match. */
  share: z.number().min(0).max(1),
  seed: z.number(),
  act: actShape,
});

/** One request that is hit. */
export interface Choice {
  readonly delayMs?: number;
  readonly answer?: MadeUp;
  readonly abort?: true;
  /** Most bytes of a body that pass. */
  readonly cut?: (framing: Framing) => number;
}

export interface Counts {
  connections: number;
  open: number;
  requests: number;
  matched: number;
  hit: number;
  /** Connections, or what was left of them, that were not HTTP/1.x and went through as they were. */
  other: number;
  /** Requests that were let go after a delay, and how long they had been held in all. */
  released: number;
  heldMs: number;
}

export interface Faults {
  readonly counts: Counts;
  choose(request: RequestHead): Choice | undefined;
  /** Waits the delay; shorter where the client is gone or the fault is over. */
  hold(delayMs: number, client: Socket): Promise<void>;
  didHit(choice: Choice): void;
  sawOther(): void;
  /** Nothing is hit from here on, and what is held is let go. */
  off(): void;
}

export function faultsOf({ match, share, seed, act }: z.output<typeof faultsShape>): Faults {
  const matches = matcher(match);
  const chance = seededChance(seed);
  const spread = seededChance(seed + 1);
  const counts: Counts = { connections: 0, open: 0, requests: 0, matched: 0, hit: 0, other: 0, released: 0, heldMs: 0 };
  const over = new AbortController();
  const { delayMs, jitterMs = 0, answer, abort, cut } = act;
  return {
    counts,
    choose(request) {
      counts.requests += 1;
      if (over.signal.aborted || !matches(request)) return undefined;
      counts.matched += 1;
      if (chance() >= share) return undefined;
      // A request counts once: one that is only held counts from its holding on.
      if (!answer && !abort && !cut) counts.hit += 1;
      return {
        ...(delayMs === undefined ? {} : { delayMs: Math.max(0, delayMs + jitterMs * (2 * spread() - 1)) }),
        ...(answer ? { answer } : {}),
        ...(abort ? { abort } : {}),
        ...(cut ? { cut: (framing: Framing) => limitOf(cut, framing) } : {}),
      };
    },
    async hold(ms, client) {
      const startedMs = performance.now();
      await held(ms, client, over.signal);
      counts.released += 1;
      counts.heldMs += performance.now() - startedMs;
    },
    didHit() {
      counts.hit += 1;
    },
    sawOther() {
      counts.other += 1;
    },
    off: () => over.abort(),
  };
}

/** A share is of the length that was said beforehand; where none was, nothing of the body passes. */
function limitOf(cut: NonNullable<z.output<typeof actShape>['cut']>, framing: Framing): number {
  if ('bytes' in cut) return cut.bytes;
  return framing.kind === 'length' ? Math.floor(framing.bytes * cut.share) : 0;
}

function held(ms: number, client: Socket, over: AbortSignal): Promise<void> {
  if (over.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timeout);
      client.off('close', done);
      over.removeEventListener('abort', done);
      resolve();
    };
    const timeout = setTimeout(done, ms);
    client.on('close', done);
    over.addEventListener('abort', done);
  });
}
