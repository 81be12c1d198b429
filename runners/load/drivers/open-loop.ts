/** Open loop: each arrival starts its iteration at its intended time, or as soon after as the generator can; none is skipped. */
import type { OpenPlan } from '../executors/executor.ts';
import { Arrivals } from '../pacing/arrivals.ts';
import type { Stream } from '../pacing/schedule.ts';
import type { Launcher } from './launcher.ts';
import type { Ended } from './virtual-users.ts';

class OpenLoop implements Stream {
  nextMs: number;
  readonly #launcher: Launcher;
  readonly #arrivals: Arrivals;
  readonly #beginMs: number;
  readonly #release: Ended = (seat) => this.#launcher.users.release(seat);

  constructor(launcher: Launcher, plan: OpenPlan, beginMs: number) {
    this.#launcher = launcher;
    this.#arrivals = new Arrivals(plan.segments);
    this.#beginMs = beginMs;
    this.nextMs = beginMs + this.#arrivals.nextMs();
  }

  arrive(nowMs: number): void {
    const intendedMs = this.nextMs;
    this.nextMs = this.#beginMs + this.#arrivals.nextMs();
    this.#launcher.lag(intendedMs, nowMs);
    const seat = this.#launcher.users.take();
    if (seat) seat.start(intendedMs, nowMs, this.#release);
    else this.#launcher.drop(intendedMs, nowMs);
    if (this.nextMs === Number.POSITIVE_INFINITY) {
      this.#launcher.schedule.remove(this);
      this.#launcher.finished();
    }
  }
}

/** Returns what ends it early. */
export function driveOpenLoop(launcher: Launcher, plan: OpenPlan, beginMs: number): () => void {
  const stream = new OpenLoop(launcher, plan, beginMs);
  launcher.schedule.add(stream);
  return () => launcher.schedule.remove(stream);
}
