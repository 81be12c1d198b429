/** Open loop: each arrival starts its iteration at its intended time, or as soon after as the generator can; none is skipped. */
import type { OpenPlan } from '../executors/executor.ts';
import { Arrivals } from '../pacing/arrivals.ts';
import type { Stream } from '../pacing/schedule.ts';
import type { Launcher } from './launcher.ts';
import type { Ended, Seat } from './virtual-users.ts';

class OpenLoop implements Stream {
  nextMs = Number.POSITIVE_INFINITY;
  readonly #launcher: Launcher;
  readonly #arrivals: Arrivals;
  readonly #beginMs: number;
  readonly #release: Ended = (seat) => this.#free(seat);
  /** Of the arrival at `nextMs`, counted over all processes. */
  #number = -1;

  constructor(launcher: Launcher, plan: OpenPlan, beginMs: number) {
    this.#launcher = launcher;
    this.#arrivals = new Arrivals(plan.segments);
    this.#beginMs = beginMs;
    this.#advance();
  }

  arrive(nowMs: number): void {
    const [intendedMs, number] = [this.nextMs, this.#number];
    this.#advance();
    this.#launcher.lag(intendedMs, nowMs);
    const seat = this.#launcher.users.take(nowMs);
    if (seat) seat.start(intendedMs, nowMs, number, this.#release);
    else this.#launcher.drop(intendedMs, nowMs);
    if (this.nextMs === Number.POSITIVE_INFINITY) {
      this.#launcher.schedule.remove(this);
      this.#launcher.finished();
    }
  }

  #free(seat: Seat): void {
    const { users, minIterationMs, clock } = this.#launcher;
    const untilMs = seat.startedMs + minIterationMs;
    users.release(seat, minIterationMs > 0 && untilMs > clock.nowMs() ? untilMs : undefined);
  }

  /** Goes on to the next arrival that is this process's. */
  #advance(): void {
    const { index, of } = this.#launcher.share;
    do {
      this.#number += 1;
      this.nextMs = this.#beginMs + this.#arrivals.nextMs();
    } while (this.#number % of !== index && this.nextMs !== Number.POSITIVE_INFINITY);
  }
}

/** Returns what ends it early. */
export function driveOpenLoop(launcher: Launcher, plan: OpenPlan, beginMs: number): () => void {
  const stream = new OpenLoop(launcher, plan, beginMs);
  if (stream.nextMs === Number.POSITIVE_INFINITY) launcher.finished();
  else launcher.schedule.add(stream);
  return () => launcher.schedule.remove(stream);
}
