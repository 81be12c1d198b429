/**
 * Closed loop: each virtual user sends, waits for the outcome, pauses, sends again. When the target slows down so does
 * the load, and what nobody sent is nowhere in the figures: for objectives, prefer an arrival rate.
 */
import type { ClosedPlan } from '../executors/executor.ts';
import { Fifo } from '../fifo.ts';
import type { Stream } from '../pacing/schedule.ts';
import type { IterationEnd } from '../workload.ts';
import type { Launcher } from './launcher.ts';
import type { Seat } from './virtual-users.ts';

/** Pause of a virtual user whose request failed without an answer: a dead target must not turn it into a busy loop. */
export const FAILED_PAUSE_MS = 100;

/** A virtual user that pauses, and when it goes on. */
interface Pausing {
  readonly seat: Seat;
  readonly atMs: number;
}

/** All virtual users of a scenario, each at its own pace. */
class ClosedLoop implements Stream {
  readonly #launcher: Launcher;
  readonly #plan: ClosedPlan;
  readonly #endMs: number;
  /** One line for each length of pause, so that each line is in order of time. */
  readonly #thinking = new Fifo<Pausing>();
  readonly #failed = new Fifo<Pausing>();
  readonly #ended = (seat: Seat, end: IterationEnd): void => this.#goOn(seat, end);
  #users = 0;
  #over = false;

  constructor(launcher: Launcher, plan: ClosedPlan, beginMs: number) {
    this.#launcher = launcher;
    this.#plan = plan;
    this.#endMs = beginMs + plan.durationMs;
    for (; this.#users < plan.vus; this.#users += 1) {
      const seat = launcher.users.take();
      if (!seat) break;
      this.#thinking.push({ seat, atMs: beginMs });
    }
  }

  get nextMs(): number {
    return Math.min(this.#thinking.peek()?.atMs ?? Number.POSITIVE_INFINITY, this.#failed.peek()?.atMs ?? Number.POSITIVE_INFINITY);
  }

  arrive(nowMs: number): void {
    const intendedMs = this.nextMs;
    const next = (this.#thinking.peek()?.atMs === intendedMs ? this.#thinking : this.#failed).shift();
    if (next) this.#start(next.seat, intendedMs, nowMs);
  }

  #start(seat: Seat, intendedMs: number, nowMs: number): void {
    if (intendedMs >= this.#endMs) {
      this.#leave();
      return;
    }
    this.#launcher.lag(intendedMs, nowMs);
    seat.start(intendedMs, nowMs, this.#ended);
  }

  #goOn(seat: Seat, end: IterationEnd): void {
    if (this.#over) return;
    const answered = end === 'completed';
    const pauseMs = answered ? this.#plan.thinkTimeMs : Math.max(FAILED_PAUSE_MS, this.#plan.thinkTimeMs);
    const nowMs = this.#launcher.clock.nowMs();
    if (nowMs + pauseMs >= this.#endMs) this.#leave();
    else if (pauseMs === 0) this.#start(seat, nowMs, nowMs);
    else {
      (answered ? this.#thinking : this.#failed).push({ seat, atMs: nowMs + pauseMs });
      this.#launcher.schedule.wake();
    }
  }

  #leave(): void {
    this.#users -= 1;
    if (this.#users > 0) return;
    this.#launcher.schedule.remove(this);
    this.#launcher.finished();
  }

  /** Nobody starts anything any more. */
  end(): void {
    this.#over = true;
    this.#launcher.schedule.remove(this);
  }
}

/** Returns what ends it early. */
export function driveClosedLoop(launcher: Launcher, plan: ClosedPlan, beginMs: number): () => void {
  const loop = new ClosedLoop(launcher, plan, beginMs);
  launcher.schedule.add(loop);
  return () => loop.end();
}
