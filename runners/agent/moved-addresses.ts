/**
 * Containers that were made anew, or restarted, under other addresses while a fault is in force: an operation that goes by the addresses of others is
 * done again with those that they have by now. Pure.
 */
import { z } from 'zod';
import type { Operation } from './operations/index.ts';

/** The addresses that a container had when the plan was made, and those that it has by now: one at least, for without any a channel would be about everyone. */
export const movedShape = z.object({ was: z.array(z.string()).readonly(), now: z.array(z.string()).min(1).readonly() });
export type Moved = Readonly<z.output<typeof movedShape>>;

/** The same operation on where the others are by now. */
export function atPresent(operation: Operation, moved: readonly Moved[]): Operation {
  if ('channel' in operation) {
    const { channel } = operation;
    return {
      ...operation,
      channel: { ...channel, addresses: presentOf(channel.addresses, moved), spare: presentOf(channel.spare, moved) },
    };
  }
  return 'addresses' in operation ? { ...operation, addresses: presentOf(operation.addresses, moved) } : operation;
}

/** Of those that moved, the ones that an operation goes by, as it was planned. */
export function concerning(operation: Operation, moved: readonly Moved[]): readonly Moved[] {
  const known = addressesOf(operation);
  return moved.filter(({ was }) => was.some((address) => known.includes(address)));
}

function addressesOf(operation: Operation): readonly string[] {
  if ('channel' in operation) return [...operation.channel.addresses, ...operation.channel.spare];
  return 'addresses' in operation ? operation.addresses : [];
}

function presentOf(addresses: readonly string[], moved: readonly Moved[]): readonly string[] {
  const now = (address: string) => moved.find((each) => each.was.includes(address))?.now ?? [address];
  return [...new Set(addresses.flatMap(now))];
}
