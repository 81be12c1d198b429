/**
 * Holds connections to a port of a container open, from inside its own network namespace. Proven by the kernel's list of the target's
 * sockets: so many were taken by its program; or it takes no more, and the rest wait. They are the hog's process's, so that its end is their end.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { heldBy, hoggedFrom, listenerOn, sourceOf } from '../hogged-sockets.ts';
import { BUNDLE_PATH } from '../places.ts';
import { inNetworkOf, startProgram, type Waiting } from '../programs.ts';
import { type Network, networkToTouch, whereabouts } from '../whereabouts.ts';
import { type FiveMoves, type Ground, pause } from './five-moves.ts';
import { containerRef, defineOperation } from './operation.ts';

const LOOK_EVERY_MS = 50;
/** A server that has taken no more for this long is full. */
const FULL_AFTER_MS = 2_000;
/** The kernel closes the connections of a process that has ended within this. */
const CLOSED_WITHIN_MS = 5_000;

const shape = z.object({
  op: z.literal('connection-hog'),
  container: containerRef,
  port: z.int().min(1).max(65_535),
  count: z.int().min(1),
});

export const connectionHog = defineOperation({ shape, claims: ({ port }) => [`connections to port ${port}`], moves });

const lookShape = z.object({ open: z.number(), closed: z.number(), refused: z.number(), atNs: z.string() });

function moves({ container, port, count }: z.output<typeof shape>, ground: Ground): FiveMoves {
  const place = whereabouts(ground.engine, container);
  const source = sourceOf(ground.tag);
  let hog: Waiting | undefined;
  const told = async (order: string) => {
    hog?.write(`${order}\n`);
    return lookShape.parse(JSON.parse((await hog?.line()) ?? ''));
  };
  const hogged = (network: Network) => hoggedFrom(source, port, tablesOf(network.pid));

  return {
    async arm() {
      const network = await networkToTouch(place);
      const listener = listenerOn(port, tablesOf(network.pid));
      if (!listener) throw new Error(`nobody listens on its port ${port} for IPv4`);
      hog?.kill();
      const asked = [listener.address, port, count, source].map(String);
      hog = startProgram(inNetworkOf(network.pid, [process.execPath, BUNDLE_PATH, 'connection-hog', ...asked]));
      await hog.line();
      return { mechanism: 'connections', evidence: `a program waits to hold ${count} connections to ${listener.address}:${port}` };
    },
    async inject() {
      if (!hog?.alive()) throw new Error('the program that holds connections has ended');
      const { atNs } = await told('open');
      return { atNs: BigInt(atNs), mechanism: 'connections' };
    },
    async prove(signal) {
      const network = await networkToTouch(place);
      let seen = hogged(network);
      let grewMs = performance.now();
      while (seen.accepted < count && performance.now() - grewMs < FULL_AFTER_MS && (await pause(LOOK_EVERY_MS, signal))) {
        const now = hogged(network);
        if (now.accepted !== seen.accepted) grewMs = performance.now();
        seen = now;
      }
      const { open, closed, refused } = await told('look');
      const facts = { heldConnections: seen.accepted, waitingConnections: count - seen.accepted };
      if (seen.accepted >= count)
        return { mechanism: 'connections', evidence: `its program took ${count} connections and holds them`, facts };
      const short = `its program took ${seen.accepted} of ${count} connections; ${open} are open, ${refused} were refused, ${closed} closed again`;
      // It takes no more: others wait as ours do, or are refused. Where it closes what it took, there is room.
      if (seen.accepted === 0 || closed > 0) throw new Error(short);
      return { mechanism: 'connections', evidence: `${short}: it is full`, facts };
    },
    async undo(signal) {
      hog?.kill();
      await hog?.ended;
      hog = undefined;
      const network = ground.mayHaveTouched() ? await place.network() : undefined;
      if (!network || network.isHosts) return { evidence: 'nothing is held' };
      const limit = AbortSignal.any([signal, AbortSignal.timeout(CLOSED_WITHIN_MS)]);
      while (heldBy(source, tablesOf(network.pid)) > 0 && (await pause(LOOK_EVERY_MS, limit)));
      return { mechanism: 'connections' };
    },
    async readBack() {
      const network = ground.mayHaveTouched() ? await place.network() : undefined;
      const left = !network || network.isHosts ? 0 : heldBy(source, tablesOf(network.pid));
      if (left > 0) throw new Error(`${left} connections from ${source} are still open`);
      return { evidence: `no connection from ${source} is left` };
    },
  };
}

/** The kernel's lists of TCP sockets in a process's network namespace. */
function tablesOf(pid: number): readonly string[] {
  return ['tcp', 'tcp6'].map((table) => {
    try {
      return readFileSync(`/proc/${pid}/net/${table}`, 'utf8');
    } catch {
      return '';
    }
  });
}
