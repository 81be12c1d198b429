/** The virtual users of a scenario: made when first needed, used again, never more than allowed. */
<<<<<<< HEAD
import { type Share, WHOLE } from '../executors/executor.ts';
import { Fifo } from '../fifo.ts';
=======
import { numberIn, type Share, shareOf } from '../pacing/share.ts';
>>>>>>> b436285 (runners/load: record metrics of any name and type, and share a load among several processes)
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
<<<<<<< HEAD
    this.#user.iterate(intendedMs, nowMs, number);
=======
    this.#user.iterate(intendedMs, nowMs, numberIn(this.#users.share, this.#users.started - 1));
>>>>>>> b436285 (runners/load: record metrics of any name and type, and share a load among several processes)
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
<<<<<<< HEAD
  readonly #options: VirtualUsersOptions;
=======
  readonly share: Share;
  readonly #workload: Workload;
  readonly #usersMax: number;
  readonly #onEnd: () => void;
>>>>>>> b436285 (runners/load: record metrics of any name and type, and share a load among several processes)
  readonly #seats: Seat[] = [];
  readonly #free: Seat[] = [];
  /** Free, but not before their time. */
  readonly #resting = new Fifo<{ readonly seat: Seat; readonly untilMs: number }>();

<<<<<<< HEAD
  constructor(options: VirtualUsersOptions) {
    this.#options = options;
=======
  /** `usersMax` in all processes; `onEnd` is called after each iteration's end. */
  constructor(workload: Workload, usersMax: number, share: Share, onEnd: () => void) {
    this.#workload = workload;
    this.share = share;
    this.#usersMax = shareOf(usersMax, share);
    this.#onEnd = onEnd;
>>>>>>> b436285 (runners/load: record metrics of any name and type, and share a load among several processes)
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
    if ((this.#resting.peek()?.untilMs ?? Number.POSITIVE_INFINITY) <= nowMs) return this.#resting.shift()?.seat;
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
<<<<<<< HEAD
    const { index, of } = this.#options.share ?? WHOLE;
    const seat = new Seat(this.#seats.length * of + index + 1, this, this.#options.workload);
=======
    const seat = new Seat(numberIn(this.share, this.#seats.length) + 1, this, this.#workload);
>>>>>>> b436285 (runners/load: record metrics of any name and type, and share a load among several processes)
    this.#seats.push(seat);
    return seat;
  }
}
