/**
 * Closed loop: each virtual user carries out an iteration, waits for its end, pauses, begins again. When the target slows
 * down so does the load, and what nobody sent is nowhere in the figures: for objectives, prefer an arrival rate.
 */
import type { ClosedPlan } from '../executors/executor.ts';
import { type Delayed, Delays } from '../pacing/delays.ts';
import { drawMs } from '../pacing/random.ts';
import { userSteps } from '../pacing/user-steps.ts';
import type { IterationEnd } from '../workload.ts';
import { type Launcher, ownCount } from './launcher.ts';
import type { Seat } from './virtual-users.ts';

/** Pause of a virtual user whose iteration failed without an answer: a dead target must not turn it into a busy loop. */
export const FAILED_PAUSE_MS = 100;

/** A virtual user at its work: between two iterations it waits for `next`, and it may be told to go. */
class Worker {
  readonly place: number;
  readonly seat: Seat;
  /** The plan has it at work. */
  wanted = false;
  /** Iterations that it began. */
  begun = 0;
  next: Delayed | undefined;
  /** Ends its last iteration, where that takes longer than it may. */
  cutOff: Delayed | undefined;

  constructor(place: number, seat: Seat) {
    this.place = place;
    this.seat = seat;
  }
}

class ClosedLoop {
  readonly #launcher: Launcher;
  readonly #plan: ClosedPlan;
  readonly #beginMs: number;
  readonly #endMs: number;
  readonly #delays: Delays;
  readonly #workers: Worker[] = [];
  readonly #bySeat = new Map<Seat, Worker>();
  readonly #ended = (seat: Seat, end: IterationEnd): void => this.#goOn(seat, end);
  /** Virtual users that the plan has at work. */
  #wanted = 0;
  #begun = 0;
  #over = false;

  constructor(launcher: Launcher, plan: ClosedPlan, beginMs: number) {
    this.#launcher = launcher;
    this.#plan = plan;
    this.#beginMs = beginMs;
    this.#endMs = beginMs + plan.durationMs;
    this.#delays = new Delays(launcher.schedule);
    this.#delays.at(this.#endMs, (dueMs, nowMs) => this.#expire(dueMs, nowMs));
    this.#follow(userSteps(plan.users));
  }

  /** Nobody begins anything any more. */
  end(): void {
    this.#over = true;
    this.#delays.stop();
  }

  /** Takes the next step of the ramp when it is due, and so on. */
  #follow(steps: ReturnType<typeof userSteps>): void {
    const step = steps.next();
    if (step.done) return;
    this.#delays.at(this.#beginMs + step.value.atMs, (dueMs) => {
      this.#toUsers(ownCount(step.value.users, this.#launcher.share), dueMs);
      this.#follow(steps);
    });
  }

  #toUsers(users: number, dueMs: number): void {
    for (; this.#wanted < users; this.#wanted += 1) this.#enlist(this.#workerAt(this.#wanted), dueMs);
    while (this.#wanted > users) {
      this.#wanted -= 1;
      this.#dismiss(this.#workerAt(this.#wanted), dueMs);
    }
  }

  #workerAt(place: number): Worker {
    const found = this.#workers[place];
    if (found) return found;
    const worker = new Worker(place, this.#launcher.users.at(place));
    this.#workers[place] = worker;
    this.#bySeat.set(worker.seat, worker);
    return worker;
  }

  #enlist(worker: Worker, dueMs: number): void {
    worker.wanted = true;
    worker.cutOff?.cancel();
    if (!worker.seat.busy) this.#beginAt(worker, dueMs);
  }

  #dismiss(worker: Worker, dueMs: number): void {
    worker.wanted = false;
    worker.next?.cancel();
    if (worker.seat.busy) worker.cutOff = this.#delays.at(dueMs + this.#plan.gracefulRampDownMs, () => worker.seat.interrupt());
  }

  #beginAt(worker: Worker, atMs: number): void {
    worker.next = this.#delays.at(atMs, (dueMs, nowMs) => this.#begin(worker, dueMs, nowMs));
  }

  #begin(worker: Worker, intendedMs: number, nowMs: number): void {
    const number = this.#numberFor(worker);
    if (number === undefined) {
      this.#finishIfDone();
      return;
    }
    worker.begun += 1;
    this.#begun += 1;
    this.#launcher.lag(intendedMs, nowMs);
    worker.seat.start(intendedMs, nowMs, number, this.#ended);
  }

  /** The number of its next iteration, counted over all processes; undefined where there is none left. */
  #numberFor(worker: Worker): number | undefined {
    const { iterations } = this.#plan;
    const { index, of } = this.#launcher.share;
    if (iterations?.by === 'each')
      return worker.begun < iterations.count ? (worker.seat.id - 1) * iterations.count + worker.begun : undefined;
    const number = this.#begun * of + index;
    return iterations && number >= iterations.count ? undefined : number;
  }

  #goOn(seat: Seat, end: IterationEnd): void {
    const worker = this.#bySeat.get(seat);
    worker?.cutOff?.cancel();
    if (this.#over || !worker?.wanted) return;
    const { clock, random, minIterationMs } = this.#launcher;
    const nowMs = clock.nowMs();
    const pauseMs = Math.max(drawMs(this.#plan.thinkTime, random), end === 'completed' ? 0 : FAILED_PAUSE_MS);
    const atMs = Math.max(nowMs + pauseMs, seat.startedMs + minIterationMs);
    if (this.#numberFor(worker) === undefined) this.#finishIfDone();
    else if (atMs >= this.#endMs) return;
    else if (atMs > nowMs) this.#beginAt(worker, atMs);
    else this.#begin(worker, nowMs, nowMs);
  }

  /** Iterations that are left over for this process. */
  #left(): number {
    const { iterations } = this.#plan;
    if (!iterations) return Number.POSITIVE_INFINITY;
    const own = iterations.by === 'each' ? iterations.count * this.#wanted : ownCount(iterations.count, this.#launcher.share);
    return own - this.#begun;
  }

  /** A number of iterations is done when the last of them has ended. */
  #finishIfDone(): void {
    if (this.#over || this.#left() > 0 || this.#workers.some(({ seat }) => seat.busy)) return;
    this.end();
    this.#launcher.finished();
  }

  /** The time is over: what has not begun of a number of iterations is dropped. */
  #expire(dueMs: number, nowMs: number): void {
    this.end();
    const left = this.#plan.iterations ? this.#left() : 0;
    for (let index = 0; index < left; index += 1) this.#launcher.drop(dueMs, nowMs);
    this.#launcher.finished();
  }
}

/** Returns what ends it early. */
export function driveClosedLoop(launcher: Launcher, plan: ClosedPlan, beginMs: number): () => void {
  const loop = new ClosedLoop(launcher, plan, beginMs);
  return () => loop.end();
}
