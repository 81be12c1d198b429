/** The virtual users of a scenario: made when first needed, used again, never more than allowed. */
import type { IterationEnd, UserOwner, VirtualUser, Workload } from '../workload.ts';

/** Told of each iteration's end. */
export type Ended = (seat: Seat, end: IterationEnd) => void;

/** A virtual user, and whom it reports to for the iteration under way. */
export class Seat implements UserOwner {
  /** From 1 within the scenario: k6's `__VU`, where there is one scenario. */
  readonly id: number;
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

  /** Only when not busy. Times on the run's clock. */
  start(intendedMs: number, nowMs: number, ended: Ended): void {
    this.#ended = ended;
    this.#users.began();
    this.#user.iterate(intendedMs, nowMs, this.#users.started - 1);
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

export class VirtualUsers {
  /** Iterations begun so far. */
  started = 0;
  /** Iterations under way. */
  underWay = 0;
  readonly #workload: Workload;
  readonly #usersMax: number;
  readonly #onEnd: () => void;
  readonly #seats: Seat[] = [];
  readonly #free: Seat[] = [];

  /** `onEnd` is called after each iteration's end. */
  constructor(workload: Workload, usersMax: number, onEnd: () => void) {
    this.#workload = workload;
    this.#usersMax = usersMax;
    this.#onEnd = onEnd;
  }

  /** Virtual users that exist. */
  get count(): number {
    return this.#seats.length;
  }

  /** Makes so many ready beforehand. */
  prepare(count: number): void {
    while (this.#seats.length < Math.min(count, this.#usersMax)) this.#free.push(this.#another());
  }

  /** The one that was free last, else a new one; undefined where all there may be are taken. */
  take(): Seat | undefined {
    return this.#free.pop() ?? (this.#seats.length < this.#usersMax ? this.#another() : undefined);
  }

  /** It is not needed any more, for the moment. */
  release(seat: Seat): void {
    this.#free.push(seat);
  }

  began(): void {
    this.started += 1;
    this.underWay += 1;
  }

  finished(): void {
    this.underWay -= 1;
    this.#onEnd();
  }

  #another(): Seat {
    const seat = new Seat(this.#seats.length + 1, this, this.#workload);
    this.#seats.push(seat);
    return seat;
  }
}
