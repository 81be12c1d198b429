/** What the conductor needs of the agent: the five moves by the name of a fault, and to be told when it is gone. */
import type { Follow } from '../agent/following.ts';
import type { OperationResult } from '../agent/protocol.ts';
import type { Stop } from './stop.ts';

export interface Hands {
  arm(fault: string): Promise<readonly OperationResult[]>;
  inject(fault: string): Promise<readonly OperationResult[]>;
  prove(fault: string): Promise<readonly OperationResult[]>;
  undo(fault: string): Promise<readonly OperationResult[]>;
  readBack(fault: string): Promise<readonly OperationResult[]>;
  /** Arms, injects and proves once more, on a container that restarted or was made anew, or for which others have moved. */
  follow(follow: Follow): Promise<readonly OperationResult[]>;
  /** Puts an instant of the engine's host on the runner's monotonic clock (`process.hrtime.bigint()`). */
  toRunnerNs(atNs: string): bigint;
  /** Everything is undone; the agent removes itself. */
  leave(): Promise<void>;
  /** Resolves, with the reason, when an agent is gone before it was told to leave. */
  readonly lost: Promise<Stop>;
}
