/** The operations, one line each; a kind that is missing here does not compile. */
import type { Operation } from '../operations.ts';
import { blackout } from './blackout.ts';
import { command } from './command.ts';
import { engineCall } from './engine.ts';
import { evict } from './evict.ts';
import type { FiveMoves, Ground } from './five-moves.ts';
import { latency } from './latency.ts';
import { noop } from './noop.ts';

/** Makes the five moves of an operation. Touches nothing. */
export function movesOf(operation: Operation, ground: Ground): FiveMoves {
  switch (operation.op) {
    case 'blackout':
      return blackout(operation, ground);
    case 'latency':
      return latency(operation, ground);
    case 'engine':
      return engineCall(operation, ground);
    case 'evict':
      return evict(operation, ground);
    case 'command':
      return command(operation, ground);
    case 'noop':
      return noop();
  }
}
