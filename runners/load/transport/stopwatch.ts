/** Times one request, for those who want to know where its time went. */
import type { Timings } from './engine.ts';

/** How long a connection took to open, in ms. */
export interface OpeningTimes {
  readonly lookingUp: number;
  readonly connecting: number;
  readonly tls: number;
}

export const ALREADY_OPEN: OpeningTimes = { lookingUp: 0, connecting: 0, tls: 0 };

export class Stopwatch {
  readonly #blockedMs: number;
  readonly #opening: OpeningTimes;
  readonly #sentMs: number;
  #writtenMs = Number.NaN;
  #firstByteMs = Number.NaN;

  /** `sinceMs` is when it began to wait for a connection, NaN where it didn't; `opening` is that of a connection that it is the first to use. */
  constructor(sinceMs: number, sentMs: number, opening: OpeningTimes) {
    let waitedMs = Number.isNaN(sinceMs) ? 0 : Math.max(0, sentMs - sinceMs);
    /** A dial that began before the job came is the job's only as far as it waited: its end, first of all. */
    const share = (ms: number) => {
      const taken = Math.min(ms, waitedMs);
      waitedMs -= taken;
      return taken;
    };
    const tls = share(opening.tls);
    const connecting = share(opening.connecting);
    this.#opening = { tls, connecting, lookingUp: share(opening.lookingUp) };
    this.#blockedMs = waitedMs;
    this.#sentMs = sentMs;
  }

  written(atMs: number): void {
    this.#writtenMs = atMs;
  }

  firstByte(atMs: number): void {
    this.#firstByteMs = atMs;
  }

  /** An answer that begins before the request has left whole ends the sending. */
  timings(endMs: number): Timings {
    const firstByteMs = Number.isNaN(this.#firstByteMs) ? endMs : this.#firstByteMs;
    const writtenMs = Number.isNaN(this.#writtenMs) ? firstByteMs : Math.min(this.#writtenMs, firstByteMs);
    return {
      blocked: this.#blockedMs,
      ...this.#opening,
      sending: writtenMs - this.#sentMs,
      waiting: firstByteMs - writtenMs,
      receiving: endMs - firstByteMs,
    };
  }
}
