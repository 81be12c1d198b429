/**
 * Where a fault stands: on which containers it is in force by now, and by which addresses of others it goes there. So it is known where it has to be
 * done once more when a container restarts, or is made anew, one of its targets or one that it only goes by.
 */
import type { Follow } from '../agent/following.ts';
import { concerning, type Moved } from '../agent/moved-addresses.ts';
import { kindOf, type Operation } from '../agent/operations/index.ts';
import type { ContainerRef } from '../agent/operations/operation.ts';
import type { Replacement } from './follow.ts';

/** A place where it is done once more. */
export type Strike = Omit<Follow, 'fault'>;

export interface Standing {
  /** To be asked about each replacement once: it remembers what follows from it. */
  strikesFor(replacement: Replacement): readonly Strike[];
}

interface Place {
  /** The container by now. */
  on: ContainerRef;
  /** As they were planned. */
  readonly operations: readonly Operation[];
  /** By which addresses it was done last, as text. */
  goesBy: string;
}

const NOBODY_MOVED = '[]';

/** Of operations as they were planned; those that are never done once more stand nowhere. */
export function standing(planned: readonly Operation[]): Standing {
  const followed = planned.filter((operation) => kindOf(operation).follows(operation));
  const places = [...Map.groupBy(followed, ({ container }) => container.id).values()].flatMap((operations): readonly Place[] => {
    const [first] = operations;
    return first ? [{ on: first.container, operations, goesBy: NOBODY_MOVED }] : [];
  });
  return {
    strikesFor({ from, to, moved }) {
      return places.flatMap((place): readonly Strike[] => {
        const known = movedFor(place, moved);
        const goesBy = JSON.stringify(known);
        const replaced = place.on.id === from;
        if (!replaced && goesBy === place.goesBy) return [];
        const before = place.on.id;
        if (replaced) place.on = to;
        place.goesBy = goesBy;
        return [{ from: before, to: place.on, ...(known.length > 0 || !replaced ? { moved: known } : {}) }];
      });
    },
  };
}

/** Those that any operation there goes by, each once. */
function movedFor({ operations }: Place, moved: readonly Moved[]): readonly Moved[] {
  return [...new Set(operations.flatMap((operation) => concerning(operation, moved)))];
}
