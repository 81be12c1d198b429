/**
 * Holds connections to a port of a container open, from inside its own network namespace. Proven by the kernel's list of the target's
 * sockets: so many were taken by its program; or it takes no more, and the rest wait. They are the hog's process's, so that its end is their end.
 */
import { z } from 'zod';
import { closedFrom, type Holder, noneFrom, startHolder } from '../connection-holder.ts';
import { listenerOn, socketTables, sourceOf } from '../hogged-sockets.ts';
import { networkToTouch, ownNetworkPid, whereabouts } from '../whereabouts.ts';
import { type FiveMoves, type Ground, pause } from './five-moves.ts';
import { containerRef, defineOperation } from './operation.ts';

const LOOK_EVERY_MS = 50;
/** A server that has taken no more for this long is full. */
const FULL_AFTER_MS = 2_000;

const shape = z.object({
  op: z.literal('connection-hog'),
  container: containerRef,
  port: z.int().min(1).max(65_535),
  count: z.int().min(1),
});

export const connectionHog = defineOperation({ shape, claims: ({ port }) => [`connections to port ${port}`], moves });

function moves({ container, port, count }: z.output<typeof shape>, ground: Ground): FiveMoves {
  const place = whereabouts(ground.engine, container);
  const source = sourceOf(ground.tag);
  let hog: Holder | undefined;
  const alive = () => {
    if (!hog?.alive()) throw new Error('the program that holds connections has ended');
    return hog;
  };
  const touched = async () => (ground.mayHaveTouched() ? ownNetworkPid(place) : undefined);

  return {
    async arm() {
      const { pid } = await networkToTouch(place);
      const listener = listenerOn(port, socketTables(pid));
      if (!listener) throw new Error(`nobody listens on its port ${port} for IPv4`);
      await hog?.end();
      hog = await startHolder(pid, { address: listener.address, port, count, source });
      return { mechanism: 'connections', evidence: `a program waits to hold ${count} connections to ${listener.address}:${port}` };
    },
    async inject() {
      return { atNs: await alive().open(), mechanism: 'connections' };
    },
    async prove(signal) {
      let seen = await alive().look();
      let grewMs = performance.now();
      while (seen.accepted < count && performance.now() - grewMs < FULL_AFTER_MS && (await pause(LOOK_EVERY_MS, signal))) {
        const now = await alive().look();
        if (now.accepted !== seen.accepted) grewMs = performance.now();
        seen = now;
      }
      const { accepted, open, closed, refused } = seen;
      const facts = { heldConnections: accepted, waitingConnections: count - accepted };
      if (accepted >= count) return { mechanism: 'connections', evidence: `its program took ${count} connections and holds them`, facts };
      const short = `its program took ${accepted} of ${count} connections; ${open} are open, ${refused} were refused, ${closed} closed again`;
      // It takes no more: others wait as ours do, or are refused. Where it closes what it took, there is room.
      if (accepted === 0 || closed > 0) throw new Error(short);
      return { mechanism: 'connections', evidence: `${short}: it is full`, facts };
    },
    async undo(signal) {
      await hog?.end();
      hog = undefined;
      const pid = await touched();
      if (pid === undefined) return { evidence: 'nothing is held' };
      await closedFrom(source, pid, signal);
      return { mechanism: 'connections' };
    },
    readBack: async () => ({ evidence: noneFrom(source, await touched()) }),
  };
}
