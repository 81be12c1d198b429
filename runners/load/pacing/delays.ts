/** Things to do at given times on the run's clock, as one stream of a schedule: pauses, steps of a ramp, limits. */
import { Heap } from '../heap.ts';
import type { Schedule, Stream } from './schedule.ts';

/** `dueMs` is when it was to be done, `nowMs` when it is. */
export type Due = (dueMs: number, nowMs: number) => void;

/** Something that is to be done. */
export interface Delayed {
  /** It will not be done any more. */
  cancel(): void;
}

class Waiting implements Delayed {
  readonly dueMs: number;
  /** Of two that are due at once, the one that was asked for first comes first. */
  readonly order: number;
  due: Due | undefined;

  constructor(dueMs: number, order: number, due: Due) {
    this.dueMs = dueMs;
    this.order = order;
    this.due = due;
  }

  cancel(): void {
    this.due = undefined;
  }

  before(other: Waiting): boolean {
    return this.dueMs < other.dueMs || (this.dueMs === other.dueMs && this.order < other.order);
  }
}

export class Delays implements Stream {
  readonly #schedule: Pick<Schedule, 'add' | 'remove' | 'wake'>;
  readonly #waiting = new Heap<Waiting>((one, other) => one.before(other));
  #asked = 0;

  constructor(schedule: Pick<Schedule, 'add' | 'remove' | 'wake'>) {
    this.#schedule = schedule;
    schedule.add(this);
  }

  get nextMs(): number {
    while (this.#waiting.first && !this.#waiting.first.due) this.#waiting.shift();
    return this.#waiting.first?.dueMs ?? Number.POSITIVE_INFINITY;
  }

  /** Does it at that time; where that is past, at once: before this returns. */
  at(dueMs: number, due: Due): Delayed {
    const waiting = new Waiting(dueMs, this.#asked, due);
    this.#asked += 1;
    this.#waiting.push(waiting);
    if (this.#waiting.first === waiting) this.#schedule.wake();
    return waiting;
  }

  arrive(nowMs: number): void {
    const waiting = this.#waiting.shift();
    waiting?.due?.(waiting.dueMs, nowMs);
  }

  /** Does nothing of it any more. */
  stop(): void {
    this.#waiting.clear();
    this.#schedule.remove(this);
  }
}
