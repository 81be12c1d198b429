/** Lets streams of arrivals act at their intended times, all streams in one order, and says how late each was. */
import type { RunClock } from './clock.ts';
import { createWaker, type Waker, type WakerKind } from './waker.ts';

/** A sequence of arrivals. */
export interface Stream {
  /** Intended time of the next arrival on the run's clock; Infinity when there is none. */
  readonly nextMs: number;
  /** The next arrival is due. Moves `nextMs` on. */
  arrive(nowMs: number): void;
}

/** Arrivals served in one go; answers are read between two of these, also when the generator is catching up. */
const BATCH_MAX = 500;

export class Schedule {
  readonly #clock: RunClock;
  readonly #streams = new Set<Stream>();
  readonly #waker: Waker;
  #continuing = false;
  #serving = false;

  constructor(clock: RunClock, kind: WakerKind = 'thread', waker: (wake: () => void) => Waker = (wake) => createWaker(kind, wake)) {
    this.#clock = clock;
    this.#waker = waker(() => this.wake());
  }

  add(stream: Stream): void {
    this.#streams.add(stream);
    this.wake();
  }

  remove(stream: Stream): void {
    this.#streams.delete(stream);
  }

  stop(): Promise<void> {
    this.#streams.clear();
    return this.#waker.stop();
  }

  /** Serves what is due and asks to be woken for the rest. What becomes due while it serves is served too, by the same call. */
  wake(): void {
    if (this.#serving) return;
    this.#serving = true;
    let first: number | undefined;
    try {
      first = this.#serve();
    } finally {
      this.#serving = false;
    }
    if (first !== undefined) this.#waker.wakeAt(this.#clock.toMonotonicMs(first));
  }

  /** Serves what is due and returns when the next one is; undefined where a batch was not enough. */
  #serve(): number | undefined {
    for (let served = 0; served < BATCH_MAX; served += 1) {
      const stream = this.#first();
      const nowMs = this.#clock.nowMs();
      if (!stream || stream.nextMs > nowMs) return stream?.nextMs ?? Number.POSITIVE_INFINITY;
      stream.arrive(nowMs);
    }
    if (!this.#continuing) {
      this.#continuing = true;
      setImmediate(() => {
        this.#continuing = false;
        this.wake();
      });
    }
    return undefined;
  }

  #first(): Stream | undefined {
    let first: Stream | undefined;
    for (const stream of this.#streams) if (!first || stream.nextMs < first.nextMs) first = stream;
    return first;
  }
}
