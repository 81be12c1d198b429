/** An agent's orders: all that it may be asked to do and must be able to undo, from its creation on. */
import { z } from 'zod';
import { followShape } from './following.ts';
import { operationShape } from './operations/index.ts';

/** The operations of one fault of the run. */
export const faultOperationsShape = z.object({
  /** The step's name; unique in a run. */
  fault: z.string(),
  operations: z.array(operationShape).readonly(),
});
export type FaultOperations = Readonly<z.output<typeof faultOperationsShape>>;

/** `/firedrill/orders.json` in the agent's container; `sweep` reads it out of there. */
export const ordersShape = z.object({
  runId: z.string(),
  leaseMs: z.number().positive(),
  /** Name of the lock container that goes with the run; removed by the agent when it has undone everything without the runner. Empty: none. */
  lock: z.string(),
  /** The run's other locks on this engine; they go with it. */
  otherLocks: z.array(z.string()).readonly().exactOptional(),
  faults: z.array(faultOperationsShape).readonly(),
  /** For a sweeper: containers that the dead agent had followed, where its own memory cannot be read. */
  followed: z.array(followShape).readonly().exactOptional(),
});
export type Orders = Readonly<z.output<typeof ordersShape>>;
