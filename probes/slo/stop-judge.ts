/**
 * Judges stop conditions at fixed instants, every 250 ms of the run's clock, each on what was stamped before it and nothing later. So the same
 * journal stops at the same instant, whether it is read while it is written or in a year.
 *
 *   events    e e   e  e e     e e  e
 *   judged  ──┼───────────┼───────────┼──   before the first event that is stamped at or after the instant
 */
import type { Condition } from '../../experiments/language/condition.ts';
import type { Duration } from '../../experiments/language/duration.ts';
import type { Evidence } from './evidence.ts';
import { askedWindowMs, judgeLatest } from './judge-condition.ts';

/** A condition, and how long it must be so. */
export type StopRule = Condition & { readonly for?: Duration | undefined };

/** A condition that was so for long enough. */
export interface StopMet {
  readonly rule: StopRule;
  readonly atMs: number;
  /** How long it was so, with the window in which it was seen first. */
  readonly lastedMs: number;
  readonly seen: string;
}

/** How often the conditions are judged. */
export const STOP_INTERVAL_MS = 250;

export class StopJudge {
  readonly #rules: readonly StopRule[];
  readonly #evidence: Evidence;
  readonly #heldSince = new Map<StopRule, number>();
  #nextMs = Number.POSITIVE_INFINITY;
  #met: StopMet | undefined;

  /** Judges before the evidence grows beyond an instant. `advanceTo` is for the time in which it does not grow. */
  constructor(rules: readonly StopRule[], evidence: Evidence) {
    this.#rules = rules;
    this.#evidence = evidence;
    evidence.onGrowth((atMs) => this.advanceTo(atMs));
  }

  /** The first that was met; nothing is judged after it. */
  get met(): StopMet | undefined {
    return this.#met;
  }

  /** The instant that is judged next; endless before the start and after the end. */
  get nextMs(): number {
    return this.#nextMs;
  }

  /** Judges from here on. */
  start(atMs: number): void {
    this.#nextMs = Math.ceil(atMs / STOP_INTERVAL_MS) * STOP_INTERVAL_MS;
  }

  /** Judges no more. */
  end(): void {
    this.#nextMs = Number.POSITIVE_INFINITY;
  }

  /** Judges every instant up to `nowMs`. Nothing that is added afterwards may be stamped before it. */
  advanceTo(nowMs: number): void {
    while (this.#nextMs <= nowMs) {
      const atMs = this.#nextMs;
      this.#nextMs += STOP_INTERVAL_MS;
      this.#met = this.#judge(atMs);
      if (this.#met) this.end();
    }
  }

  #judge(atMs: number): StopMet | undefined {
    for (const rule of this.#rules) {
      const { state, seen } = judgeLatest(rule, this.#evidence, atMs);
      if (state !== 'held') {
        this.#heldSince.delete(rule);
        continue;
      }
      const sinceMs = this.#heldSince.get(rule) ?? atMs - askedWindowMs(rule);
      this.#heldSince.set(rule, sinceMs);
      if (atMs - sinceMs >= (rule.for?.ms ?? 0)) return { rule, atMs, lastedMs: atMs - sinceMs, seen };
    }
    return undefined;
  }
}
