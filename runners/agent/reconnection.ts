/**
 * Brings containers back to their networks. Those that come back together do so one after the other, the lowest address first: the engine
 * gives out the lowest free address first, so that each gets its own again, and it takes longer for many at once than for one by one.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { NetworkPlace } from './endpoints.ts';

/** Whoever takes longer loses its turn: an engine that hangs on one container need not do so on the next. */
const TURN_MS_MAX = 5_000;

export interface Returning {
  /** In the order of its interfaces. */
  readonly places: Promise<readonly NetworkPlace[]>;
  /** Never rejects. */
  putBack(place: NetworkPlace): Promise<void>;
}

/** Resolves when it and all that came with it are back; rejects with what its places reject with. */
export type BringBack = (returning: Returning) => Promise<void>;

/** What is brought back in the same turn of the event loop comes back together. */
export function bringingBack(turnMsMax = TURN_MS_MAX): BringBack {
  let together: { readonly group: Returning[]; readonly done: Promise<void> } | undefined;
  const gather = () => {
    const group: Returning[] = [];
    const gathered = new Promise((resolve) => setImmediate(resolve));
    const done = gathered.then(() => {
      together = undefined;
      return takeTurns(group, turnMsMax);
    });
    return { group, done };
  };
  return async (returning) => {
    together ??= gather();
    const begun: Promise<void>[] = [];
    together.group.push({
      // Where they cannot be read it fails alone, and keeps nobody waiting.
      places: returning.places.catch(() => []),
      putBack(place) {
        const back = returning.putBack(place);
        begun.push(back);
        return back;
      },
    });
    await together.done;
    await Promise.all(begun);
    await returning.places;
  };
}

async function takeTurns(group: readonly Returning[], turnMsMax: number): Promise<void> {
  const places = await Promise.all(group.map((each) => each.places));
  let waiting = group.map((each, index) => ({ each, left: places[index] ?? [] }));
  for (;;) {
    waiting = waiting.filter(({ left }) => left.length > 0);
    const next = waiting[nextOf(waiting.map(({ left }) => left))];
    const [place, ...left] = next?.left ?? [];
    if (!next || !place) return;
    await Promise.race([next.each.putBack(place), sleep(turnMsMax, undefined, { ref: false })]);
    waiting = waiting.map((other) => (other === next ? { ...other, left } : other));
  }
}

/**
 * Whose turn it is, of containers with the places that each still has to take, in its order: one whose next place has the lowest address of all
 * that are still to be taken on that network; the first one where there is none, as when two networks wait for each other. Pure.
 */
export function nextOf(waiting: readonly (readonly NetworkPlace[])[]): number {
  const all = waiting.flat();
  const isLowest = (next: NetworkPlace) =>
    all.every((other) => other.endpoint.NetworkID !== next.endpoint.NetworkID || orderOf(other) >= orderOf(next));
  return Math.max(
    0,
    waiting.findIndex(([next]) => next && isLowest(next)),
  );
}

/** An IPv4 address as a number; 0 where it has none. */
function orderOf({ endpoint }: NetworkPlace): number {
  return (endpoint.IPAddress || '0').split('.').reduce((number, part) => number * 256 + Number(part), 0);
}
