/** The dials of a pool that are under way, and their bounds. */
import type { Dial } from './dial.ts';

/** Handshakes under way at once; without this bound a hiccup opens a socket for every arrival in it, and the storm outlasts the hiccup. */
export const OPENING_MAX = 16;
/**
 * A dial older than this no longer counts as under way (it still may succeed): the kernel repeats a lost SYN after 1, 3
 * and 7 s only, and 16 such dials must not hide that the target is back.
 */
const STALLED_DIAL_MS = 250;
/** The kernel repeats a SYN after this long for the first time: an older dial has lost one, and will learn that the target is back at the next repeat only. */
const LOST_DIAL_MS = 1000;
/** A dial is given up after this long; the jobs have their own deadlines. */
const DIAL_MS_MAX = 30_000;

export class Openings {
  readonly #dials = new Set<Dial>();
  #stalled = 0;

  get size(): number {
    return this.#dials.size;
  }

  /** Those that are not stalled. */
  get moving(): number {
    return this.#dials.size - this.#stalled;
  }

  get room(): boolean {
    return this.moving < OPENING_MAX;
  }

  add(dial: Dial): void {
    this.#dials.add(dial);
  }

  done(dial: Dial): void {
    this.#dials.delete(dial);
    this.#stalled = Math.min(this.#stalled, this.#dials.size);
  }

  /** Hangs up what takes too long, and with each of the `inVain` jobs that waited in vain the oldest dial that is lost; returns how many those were. */
  sweep(nowMs: number, inVain: number): number {
    let stalled = 0;
    let givenUp = 0;
    for (const dial of this.#dials) {
      const ageMs = nowMs - dial.begunMs;
      if (ageMs > DIAL_MS_MAX || (ageMs > LOST_DIAL_MS && givenUp < inVain)) {
        dial.hangUp();
        this.#dials.delete(dial);
        givenUp += 1;
      } else if (ageMs > STALLED_DIAL_MS) stalled += 1;
    }
    this.#stalled = stalled;
    return givenUp;
  }

  close(): void {
    for (const dial of this.#dials) dial.hangUp();
    this.#dials.clear();
    this.#stalled = 0;
  }
}
