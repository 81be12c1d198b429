/** The processes that share a test, as one of them sees the others. */
import type { Share } from '../executors/executor.ts';

export interface Team {
  /** This one alone runs setup, teardown and handleSummary, and judges. */
  readonly leads: boolean;
  /** The part of the test that is this process's; decided when the test is planned. */
  readonly share: Promise<Share>;
  /** Hands on what setup gave, as JSON, where this one leads; resolves with what those that follow are given. */
  setUp(setupText: string | undefined): Promise<string | undefined>;
  /** The virtual users of this process are there. Resolves with the instant, on the run's clock, at which the scenarios of all begin. */
  ready(): Promise<number>;
  /** Resolves when the others have ended, and all that they sampled is in. */
  gathered(): Promise<void>;
}
