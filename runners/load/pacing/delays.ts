/** Things to do at given times on the run's clock, as one stream of a schedule: pauses, steps of a ramp, limits. */
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
  /** A binary heap: the earliest is at 0, those after n are at 2n + 1 and 2n + 2. */
  readonly #heap: Waiting[] = [];
  #asked = 0;

  constructor(schedule: Pick<Schedule, 'add' | 'remove' | 'wake'>) {
    this.#schedule = schedule;
    schedule.add(this);
  }

  get nextMs(): number {
    while (this.#heap[0] && !this.#heap[0].due) this.#shift();
    return this.#heap[0]?.dueMs ?? Number.POSITIVE_INFINITY;
  }

  /** Does it at that time, at once where it is past. */
  at(dueMs: number, due: Due): Delayed {
    const waiting = new Waiting(dueMs, this.#asked, due);
    this.#asked += 1;
    this.#push(waiting);
    if (this.#heap[0] === waiting) this.#schedule.wake();
    return waiting;
  }

  arrive(nowMs: number): void {
    const waiting = this.#shift();
    waiting?.due?.(waiting.dueMs, nowMs);
  }

  /** Does nothing of it any more. */
  stop(): void {
    this.#heap.length = 0;
    this.#schedule.remove(this);
  }

  #push(waiting: Waiting): void {
    const heap = this.#heap;
    let place = heap.length;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above];
      if (!parent || parent.before(waiting)) break;
      heap[place] = parent;
      place = above;
    }
    heap[place] = waiting;
  }

  #shift(): Waiting | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return first;
    let place = 0;
    for (;;) {
      const [left, right] = [heap[2 * place + 1], heap[2 * place + 2]];
      const smaller = left && right?.before(left) ? right : left;
      if (!smaller?.before(last)) break;
      heap[place] = smaller;
      place = 2 * place + (smaller === left ? 1 : 2);
    }
    heap[place] = last;
    return first;
  }
}
