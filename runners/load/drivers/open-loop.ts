/** Open loop: each arrival starts its iteration at its intended time, or as soon after as the generator can; none is skipped. */
import type { OpenPlan } from '../executors/executor.ts';
import { Fifo } from '../fifo.ts';
import { Arrivals } from '../pacing/arrivals.ts';
import type { Stream } from '../pacing/schedule.ts';
import { LAG_P99_MS_MAX } from '../recording/gauges.ts';
import type { Launcher } from './launcher.ts';
import type { Ended, Seat } from './virtual-users.ts';

/** An arrival: when it was meant, and its number, counted over all processes. */
interface Arrival {
  readonly intendedMs: number;
  readonly number: number;
}

/**
 * Arrivals for which there is no virtual user are dropped. But where the generator itself was late, they come all at once,
 * and find no virtual user by its fault: these wait in line, and those after them, for as long as the first was late.
 */
class OpenLoop implements Stream {
  readonly #launcher: Launcher;
  readonly #arrivals: Arrivals;
  readonly #beginMs: number;
  readonly #release: Ended = (seat) => this.#free(seat);
  readonly #line = new Fifo<Arrival>();
  #lineUntilMs = Number.POSITIVE_INFINITY;
  #servingLine = false;
  #next: Arrival = { intendedMs: Number.POSITIVE_INFINITY, number: -1 };
  #over = false;

  constructor(launcher: Launcher, plan: OpenPlan, beginMs: number) {
    this.#launcher = launcher;
    this.#arrivals = new Arrivals(plan.segments);
    this.#beginMs = beginMs;
    this.#advance();
  }

  get nextMs(): number {
    return Math.min(this.#next.intendedMs, this.#lineUntilMs);
  }

  arrive(nowMs: number): void {
    if (this.#next.intendedMs <= nowMs) this.#admit(nowMs);
    this.#serveLine(nowMs);
    if (this.#lineUntilMs <= nowMs) this.#dropLine(nowMs);
    this.finishIfDone();
  }

  /** Tells, once, when there is nothing to come any more. */
  finishIfDone(): void {
    if (this.#over || this.nextMs !== Number.POSITIVE_INFINITY) return;
    this.#over = true;
    this.#launcher.schedule.remove(this);
    this.#launcher.finished();
  }

  /** Starts nothing any more. */
  end(): void {
    this.#over = true;
    this.#launcher.schedule.remove(this);
    this.#dropLine(this.#launcher.clock.nowMs());
  }

  #admit(nowMs: number): void {
    const arrival = this.#next;
    const lateMs = nowMs - arrival.intendedMs;
    this.#advance();
    this.#launcher.lag(arrival.intendedMs, nowMs);
    const seat = this.#launcher.users.take(nowMs);
    if (seat) {
      seat.start(arrival.intendedMs, nowMs, arrival.number, this.#release);
    } else if (lateMs > LAG_P99_MS_MAX || this.#line.length > 0) {
      if (this.#line.length === 0) this.#lineUntilMs = nowMs + lateMs;
      this.#line.push(arrival);
    } else {
      this.#launcher.drop(arrival.intendedMs, nowMs);
    }
  }

  #free(seat: Seat): void {
    const { users, minIterationMs, clock } = this.#launcher;
    const untilMs = seat.startedMs + minIterationMs;
    users.release(seat, minIterationMs > 0 && untilMs > clock.nowMs() ? untilMs : undefined);
    if (this.#line.length === 0) return;
    this.#serveLine(clock.nowMs());
    this.finishIfDone();
  }

  /** Starts what waits in line, as far as there are virtual users. One that ends at once is taken again by the same loop. */
  #serveLine(nowMs: number): void {
    if (this.#servingLine) return;
    this.#servingLine = true;
    while (this.#line.length > 0) {
      const seat = this.#launcher.users.take(nowMs);
      const first = seat && this.#line.shift();
      if (!first) break;
      seat.start(first.intendedMs, nowMs, first.number, this.#release);
    }
    this.#servingLine = false;
    if (this.#line.length === 0) this.#lineUntilMs = Number.POSITIVE_INFINITY;
  }

  #dropLine(nowMs: number): void {
    for (let first = this.#line.shift(); first; first = this.#line.shift()) this.#launcher.drop(first.intendedMs, nowMs);
    this.#lineUntilMs = Number.POSITIVE_INFINITY;
  }

  /** Goes on to the next arrival that is this process's. */
  #advance(): void {
    const { index, of } = this.#launcher.share;
    let { intendedMs, number } = this.#next;
    do {
      number += 1;
      intendedMs = this.#beginMs + this.#arrivals.nextMs();
    } while (number % of !== index && intendedMs !== Number.POSITIVE_INFINITY);
    this.#next = { intendedMs, number };
  }
}

/** Returns what ends it early. */
export function driveOpenLoop(launcher: Launcher, plan: OpenPlan, beginMs: number): () => void {
  const stream = new OpenLoop(launcher, plan, beginMs);
  launcher.schedule.add(stream);
  stream.finishIfDone();
  return () => stream.end();
}
