/** Open loop: each arrival starts its request at its intended time, or as soon after as the generator can; none is skipped. */
import { Arrivals } from '../arrivals.ts';
import type { OpenPlan } from '../executors/executor.ts';
import type { Stream } from '../schedule.ts';
import type { Launcher } from './launcher.ts';

class OpenLoop implements Stream {
  nextMs: number;
  readonly #launcher: Launcher;
  readonly #arrivals: Arrivals;
  readonly #beginMs: number;
  readonly #maxVUs: number;

  constructor(launcher: Launcher, plan: OpenPlan, beginMs: number) {
    this.#launcher = launcher;
    this.#arrivals = new Arrivals(plan.segments);
    this.#beginMs = beginMs;
    this.#maxVUs = plan.maxVUs;
    this.nextMs = beginMs + this.#arrivals.nextMs();
  }

  arrive(nowMs: number): void {
    const intendedMs = this.nextMs;
    this.nextMs = this.#beginMs + this.#arrivals.nextMs();
    if (this.#launcher.underWay < this.#maxVUs) this.#launcher.launch(intendedMs, nowMs);
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
