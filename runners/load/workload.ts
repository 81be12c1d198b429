/**
 * What a scenario does in each of its iterations. A driver decides when an iteration starts and which virtual user
 * carries it out; a workload knows what it is: requests written in YAML, or the function of a k6 script.
 */

/** Whether something answered (`completed`), nothing did (`failed`: a closed loop pauses), or the generator gave it up (`interrupted`). */
export type IterationEnd = 'completed' | 'failed' | 'interrupted';

/** Carries out one iteration at a time, and keeps what belongs to it in between: cookies, extracted values, a script's variables. */
export interface VirtualUser {
  /** Times on the run's clock; `number` counts from 0 over all virtual users of the scenario. Never throws; the owner is told of its end exactly once. */
  iterate(intendedMs: number, nowMs: number, number: number): void;
  /** Gives up what is under way: it ends at once, as `interrupted`. */
  interrupt(): void;
}

/** Who is told when an iteration has ended. */
export interface UserOwner {
  ended(end: IterationEnd): void;
}

export interface Workload {
  /** Opens connections before there is work. Resolves when each attempt has come to something. */
  warm(count: number): Promise<void>;
  /** Makes a virtual user ready; `id` counts from 1 within the scenario. */
  user(id: number, owner: UserOwner): VirtualUser;
  /** An arrival for which there was no virtual user. */
  dropped(intendedMs: number, nowMs: number): void;
  /** Called every few milliseconds: settles what is past its deadline. */
  sweep(nowMs: number): void;
  /** Requests that were sent a second time, because a connection that had rested was dead. */
  readonly retried: number;
  /** Ends everything; what is under way is interrupted. */
  close(): void;
}
