/** The virtual users of a scenario: made when first needed, used again, never more than allowed. */
import { type Share, WHOLE } from '../executors/executor.ts';
import { Heap } from '../heap.ts';
import type { IterationEnd, UserOwner, VirtualUser, Workload } from '../workload.ts';

/** Told of each iteration's end. */
export type Ended = (seat: Seat, end: IterationEnd) => void;

/** A virtual user, and whom it reports to for the iteration under way. */
export class Seat implements UserOwner {
  /** From 1 within the scenario, over all processes: k6's `__VU`, where there is one scenario. */
  readonly id: number;
  /** When its last iteration began, on the run's clock. */
  startedMs = 0;
  readonly #user: VirtualUser;
  readonly #users: VirtualUsers;
  #ended: Ended | undefined;

  constructor(id: number, users: VirtualUsers, workload: Pick<Workload, 'user'>) {
    this.id = id;
    this.#users = users;
    this.#user = workload.user(id, this);
  }

  get busy(): boolean {
    return this.#ended !== undefined;
  }

  /** Only when not busy. Times on the run's clock; `number` counts the scenario's iterations from 0. */
  start(intendedMs: number, nowMs: number, number: number, ended: Ended): void {
    this.#ended = ended;
    this.startedMs = nowMs;
    this.#users.began();
    this.#user.iterate(intendedMs, nowMs, number);
  }

  /** Gives up its iteration, if one is under way. */
  interrupt(): void {
    if (this.busy) this.#user.interrupt();
  }

  ended(end: IterationEnd): void {
    const ended = this.#ended;
    this.#ended = undefined;
    ended?.(this, end);
    this.#users.finished();
  }
}

/** A virtual user that is free from then on. */
interface Resting {
  readonly seat: Seat;
  readonly untilMs: number;
}

export interface VirtualUsersOptions {
  readonly workload: Pick<Workload, 'user'>;
  /** Of this process, at most. */
  readonly usersMax: number;
  /** Default all. */
  readonly share?: Share;
  /** Called after each iteration's end. */
  readonly onEnd: () => void;
}

export class VirtualUsers {
  /** Iterations begun so far. */
  started = 0;
  /** Iterations under way. */
  underWay = 0;
  readonly #options: VirtualUsersOptions;
  readonly #seats: Seat[] = [];
  readonly #free: Seat[] = [];
  readonly #resting = new Heap<Resting>((one, other) => one.untilMs <= other.untilMs);

  constructor(options: VirtualUsersOptions) {
    this.#options = options;
  }

  /** Virtual users that exist. */
  get count(): number {
    return this.#seats.length;
  }

  /** Makes so many ready beforehand. */
  prepare(count: number): void {
    while (this.#seats.length < Math.min(count, this.#options.usersMax)) this.#free.push(this.#another());
  }

  /** The one that was free last, else a new one; undefined where all there may be are taken. */
  take(nowMs: number): Seat | undefined {
    const free = this.#free.pop();
    if (free) return free;
    if ((this.#resting.first?.untilMs ?? Number.POSITIVE_INFINITY) <= nowMs) return this.#resting.shift()?.seat;
    return this.#seats.length < this.#options.usersMax ? this.#another() : undefined;
  }

  /** It is not needed any more, for the moment, and may be taken again: at once, or from `untilMs` on. */
  release(seat: Seat, untilMs?: number): void {
    if (untilMs === undefined) this.#free.push(seat);
    else this.#resting.push({ seat, untilMs });
  }

  /** The one of this place, from 0, whoever has it; made where it isn't there yet. Who goes by places takes and releases none. */
  at(place: number): Seat {
    for (;;) {
      const seat = this.#seats[place];
      if (seat) return seat;
      this.#another();
    }
  }

  began(): void {
    this.started += 1;
    this.underWay += 1;
  }

  finished(): void {
    this.underWay -= 1;
    this.#options.onEnd();
  }

  #another(): Seat {
    const { index, of } = this.#options.share ?? WHOLE;
    const seat = new Seat(this.#seats.length * of + index + 1, this, this.#options.workload);
    this.#seats.push(seat);
    return seat;
  }
}
