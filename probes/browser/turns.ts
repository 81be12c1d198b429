/** Turns: so many at once, the others in order. Who no longer wants to wait leaves the line. */
import { untilAborted } from '../failure-reading.ts';

export class Turns {
  readonly #atOnceMax: number;
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  constructor(atOnceMax: number) {
    this.#atOnceMax = atOnceMax;
  }

  /** Resolves when it is one's turn; each is given back by `done`. Rejects when the signal aborts before. */
  async take(signal: AbortSignal): Promise<void> {
    if (this.#taken < this.#atOnceMax) {
      this.#taken += 1;
      return;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    try {
      await untilAborted(signal, promise);
    } catch (error) {
      const place = this.#waiting.indexOf(resolve);
      if (place >= 0) this.#waiting.splice(place, 1);
      else this.done();
      throw error;
    }
  }

  /** Gives a turn back: the next in the line has it. */
  done(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#taken -= 1;
  }
}
