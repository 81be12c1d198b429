/** Moments of the experiment that scenarios wait for: a fault is in effect, or undone. Each is told once, or never. */
import { type Moment, momentText } from '../../../experiments/language/start-time.ts';

/** A moment that has come, on the run's clock. */
export interface MomentCome {
  readonly moment: Moment;
  readonly atMs: number;
  /** Nothing begins before this, so that all generators know it in time. */
  readonly earliestMs: number;
}

export class Moments {
  readonly #come = new Map<string, MomentCome>();
  readonly #waiting = new Map<string, ((come: MomentCome) => void)[]>();

  /** Later tellings of the same change nothing. */
  tell(come: MomentCome): void {
    const key = momentText(come.moment);
    if (this.#come.has(key)) return;
    this.#come.set(key, come);
    for (const resolve of this.#waiting.get(key) ?? []) resolve(come);
  }

  has(moment: Moment): boolean {
    return this.#come.has(momentText(moment));
  }

  /** Resolves when it has come; never, where it never does. */
  when(moment: Moment): Promise<MomentCome> {
    const key = momentText(moment);
    const come = this.#come.get(key);
    if (come) return Promise.resolve(come);
    return new Promise((resolve) => this.#waiting.set(key, [...(this.#waiting.get(key) ?? []), resolve]));
  }
}
