/** A line in front of something that takes only so many at once: first come, first served, and of limited length. */

/** Too many are waiting already. */
export class LineFull extends Error {
  override readonly name = 'LineFull';
}

/** Returns a function that runs work when one of `places` is free; throws LineFull where `waitingMax` wait already. */
export function waitingLine(places: number, waitingMax: number): <Value>(work: () => Promise<Value>) => Promise<Value> {
  const waiting: (() => void)[] = [];
  let free = places;
  return async (work) => {
    if (free > 0) free -= 1;
    else if (waiting.length >= waitingMax) throw new LineFull(`${waiting.length} are waiting, the limit is ${waitingMax}`);
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
