/** Which part of a run's work is whose: the operations on the containers of one engine. Pure. */
import type { FaultOperations } from '../agent/orders.ts';

/** The faults that have a part on the engine, with that part. `engine` is undefined for the one of the environment. */
export function ordersOf(faults: readonly FaultOperations[], engine: string | undefined): readonly FaultOperations[] {
  return faults
    .map(({ fault, operations }) => ({ fault, operations: operations.filter(({ container }) => container.engine === engine) }))
    .filter(({ operations }) => operations.length > 0);
}
