/**
 * Closed loop: each virtual user sends, waits for the outcome, pauses, sends again. When the target slows down so does
 * the load, and what nobody sent is nowhere in the figures: for objectives, prefer an arrival rate.
 */
import { ANSWERS, type Outcome } from '../../../probes/slo/load-cells.ts';
import type { ClosedPlan } from '../executors/executor.ts';
import { Fifo } from '../fifo.ts';
import type { Stream } from '../schedule.ts';
import type { Launcher } from './launcher.ts';

/** Pause of a virtual user whose request failed without an answer: a dead target must not turn it into a busy loop. */
export const FAILED_PAUSE_MS = 100;

/** All virtual users of a scenario. They are alike, so only the times at which the pausing ones go on are kept. */
class ClosedLoop implements Stream {
  readonly #launcher: Launcher;
  readonly #plan: ClosedPlan;
  readonly #endMs: number;
  /** One line for each length of pause, so that each line is in order of time. */
  readonly #thinking = new Fifo<number>();
  readonly #failed = new Fifo<number>();
  #users: number;

  constructor(launcher: Launcher, plan: ClosedPlan, beginMs: number) {
    this.#launcher = launcher;
    this.#plan = plan;
    this.#endMs = beginMs + plan.durationMs;
    this.#users = plan.vus;
    for (let user = 0; user < plan.vus; user += 1) this.#thinking.push(beginMs);
  }

  get nextMs(): number {
    return Math.min(this.#thinking.peek() ?? Number.POSITIVE_INFINITY, this.#failed.peek() ?? Number.POSITIVE_INFINITY);
  }

  arrive(nowMs: number): void {
    const intendedMs = this.nextMs;
    (this.#thinking.peek() === intendedMs ? this.#thinking : this.#failed).shift();
    this.#start(intendedMs, nowMs);
  }

  #start(intendedMs: number, nowMs: number): void {
    if (intendedMs < this.#endMs) this.#launcher.launch(intendedMs, nowMs, (outcome) => this.#settled(outcome));
    else this.#leave();
  }

  #settled(outcome: Outcome): void {
    const answered = ANSWERS.has(outcome);
    const pauseMs = answered ? this.#plan.thinkTimeMs : Math.max(FAILED_PAUSE_MS, this.#plan.thinkTimeMs);
    const nowMs = this.#launcher.clock.nowMs();
    if (nowMs + pauseMs >= this.#endMs) this.#leave();
    else if (pauseMs === 0) this.#start(nowMs, nowMs);
    else {
      (answered ? this.#thinking : this.#failed).push(nowMs + pauseMs);
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
    this.#users = 0;
    this.#launcher.schedule.remove(this);
  }
}

/** Returns what ends it early. */
export function driveClosedLoop(launcher: Launcher, plan: ClosedPlan, beginMs: number): () => void {
  const loop = new ClosedLoop(launcher, plan, beginMs);
  launcher.schedule.add(loop);
  return () => loop.end();
}
