/** Lets only so many through at once; the others wait in line. */
import { Fifo } from '../../fifo.ts';

export class Turnstile {
  readonly #max: number;
  readonly #waiting = new Fifo<() => void>();
  #inside = 0;

  /** 0 is no limit. */
  constructor(max: number) {
    this.#max = max === 0 ? Number.POSITIVE_INFINITY : max;
  }

  /** Resolves when there is room, which `leave` gives back. */
  enter(): Promise<void> {
    if (this.#inside < this.#max) {
      this.#inside += 1;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#inside -= 1;
  }
}
