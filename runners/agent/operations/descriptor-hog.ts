/**
 * Leaves the processes of a container no descriptors: their limit of open files is lowered to what they have open, so that the next file or
 * connection fails as it does when they have leaked them all (EMFILE). Proven by connections to a port of theirs that are taken no more.
 */
import { z } from 'zod';
import { closedFrom, noneFrom } from '../connection-holder.ts';
import { type CanaryGround, canaryFor, isExhausted, isFit, type Service, tryService } from '../descriptor-canary.ts';
import { exhaustedFiles } from '../exhausted-files.ts';
import type { FoundFiles } from '../file-limits.ts';
import { sourceOf } from '../hogged-sockets.ts';
import { networkToTouch, ownNetworkPid, whereabouts } from '../whereabouts.ts';
import { type FiveMoves, type Ground, lookUntil } from './five-moves.ts';
import { containerRef, defineOperation } from './operation.ts';

const LOOK_EVERY_MS = 100;
/** A server that is busy takes all of the connections in one of these looks; one that serves a few at a time never does. */
const FIT_MS_MAX = 4_000;

const shape = z.object({
  op: z.literal('descriptor-hog'),
  container: containerRef,
  /** Processes of this name alone. */
  process: z.string().exactOptional(),
  /** Where it is looked whether they still take connections; else the first port on which one of them listens. */
  port: z.int().min(1).max(65_535).exactOptional(),
  leave: z.int().min(0),
});

export const descriptorHog = defineOperation({
  shape,
  claims: () => ['descriptors'],
  decidedInArming: 'which of its processes listen on a port, and how many files they have open',
  moves,
});

function moves({ container, process: name, port, leave }: z.output<typeof shape>, ground: Ground): FiveMoves {
  const place = whereabouts(ground.engine, container);
  const files = exhaustedFiles(ground, container, name);
  const source = sourceOf(ground.tag);
  /** Where it is looked, and how it serves as it was found. */
  let armed: { readonly canary: CanaryGround; readonly fit: Service } | undefined;

  return {
    async arm(signal) {
      const { pid } = await networkToTouch(place);
      await files.arm(leave);
      const found = await files.found();
      const canary = { pid, source, ...canaryFor(pid, { pids: found.map((each) => each.process.pid), port, leave }) };
      const allTaken = ({ taken }: Service) => taken >= canary.count;
      // Among many targets the first look alone may take longer than all the others are given.
      const first = await tryService(canary, signal);
      const limit = AbortSignal.any([signal, AbortSignal.timeout(FIT_MS_MAX)]);
      const again = () => lookUntil(() => tryService(canary, limit), allTaken, { everyMs: LOOK_EVERY_MS, signal: limit });
      const fit = allTaken(first) ? first : ((await again()) ?? first);
      if (!isFit(fit)) throw new Error(`as it is, ${fit.says}, so that no difference could be seen`);
      armed = { canary, fit };
      return { mechanism: 'rlimit', evidence: wordsOf(found, canary, fit) };
    },
    async inject() {
      await files.lower(leave);
      return { mechanism: 'rlimit' };
    },
    async prove(signal) {
      if (!armed) throw new Error('it was not armed');
      const { canary, fit } = armed;
      const isOut = (service: Service) => isExhausted(service, fit, canary.count);
      const service = await lookUntil(() => tryService(canary, signal), isOut, { everyMs: LOOK_EVERY_MS, signal });
      if (!service) throw new Error('there was no time to look');
      const found = await files.found();
      const evidence = wordsOf(found, canary, service);
      if (!isOut(service)) throw new Error(`no effect: ${evidence}`);
      const untakenConnections = canary.count - service.taken + service.closed;
      return { mechanism: 'rlimit', evidence, facts: { openFiles: openIn(found), untakenConnections } };
    },
    async undo(signal) {
      const raised = await files.raise();
      const pid = await ownNetworkPid(place);
      if (pid !== undefined) await closedFrom(source, pid, signal);
      return { mechanism: 'rlimit', evidence: `the limits of ${raised} processes were put back` };
    },
    async readBack() {
      await files.assertRaised();
      return { evidence: `no limit of its processes is lowered; ${noneFrom(source, await ownNetworkPid(place))}` };
    },
  };
}

function wordsOf(found: readonly FoundFiles[], { listener }: CanaryGround, { says }: Service): string {
  return `${found.length} processes have ${openIn(found)} files open; on port ${listener.port}, ${says}`;
}

function openIn(found: readonly FoundFiles[]): number {
  return found.reduce((sum, { files }) => sum + files.numbers.length, 0);
}
