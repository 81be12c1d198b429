/**
 * Following a container that was restarted, or made anew under another id, while a fault is in force: its operations are done once more, on
 * the container as it is, as parts of their own with names of their own. What was followed is enough to make the same parts, and so
 * the same names, again after the agent's death. Pure.
 */
import { z } from 'zod';
import { atPresent, movedShape } from './moved-addresses.ts';
import { kindOf, type Operation } from './operations/index.ts';
import { containerRef } from './operations/operation.ts';

/**
 * `from` is the id that the container had; the same as that of `to` where it was restarted, or where it is only others that have moved. `moved`: containers
 * that the fault goes by and that have other addresses than in the plan.
 */
export const followShape = z.object({
  fault: z.string(),
  from: z.string(),
  to: containerRef,
  moved: z.array(movedShape).readonly().exactOptional(),
});
export type Follow = Readonly<z.output<typeof followShape>>;

/** An operation that is done once more, and which of its fault's operations it repeats. */
export interface Repeated {
  readonly index: number;
  readonly operation: Operation;
}

/**
 * What the last of these followings of one fault repeats: operations whose container is, after those before it, the one that it
 * follows from. An operation that itself restarts, stops or removes its container is not followed: it would fight itself.
 */
export function repeatedBy(operations: readonly Operation[], follows: readonly Follow[]): readonly Repeated[] {
  const last = follows.at(-1);
  if (!last) return [];
  const before = follows.slice(0, -1);
  return operations.flatMap((operation, index) => {
    const standsOn = before.reduce((id, { from, to }) => (id === from ? to.id : id), operation.container.id);
    if (standsOn !== last.from || !kindOf(operation).follows(operation)) return [];
    return [{ index, operation: { ...atPresent(operation, last.moved ?? []), container: last.to } }];
  });
}
