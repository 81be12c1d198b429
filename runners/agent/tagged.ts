/**
 * Rules that carry a tag of ours though no run knows of them: where a run's agent, its lock and its journal are all gone. Looked for in the
 * networks of containers by a program of its own in the agent's bundle, and taken away by it on request; nothing else is.
 */
import { z } from 'zod';
import { engineAt } from './engine.ts';
import { containerRef } from './operations/operation.ts';
import { findPacketFilter } from './packet-filter.ts';
import { CHAIN_PREFIX, chainsIn } from './packet-rules.ts';
import { ENGINE_SOCKET_PATH } from './places.ts';
import { namespaceOf, networkToTouch, whereabouts } from './whereabouts.ts';

const LIMIT_MS = 30_000;
/** `FIREDRILL-` and eight hexadecimal digits; what follows tells an operation's chains apart. */
const TAG = new RegExp(`^${CHAIN_PREFIX}[0-9a-f]{8}`);

/** What the program is given as its argument. */
export const askedShape = z.object({ containers: z.array(containerRef).readonly(), remove: z.boolean() });
/** What it answers, on one line. */
export const taggedShape = z.object({ container: containerRef, tags: z.array(z.string()).readonly() });
export type Tagged = Readonly<z.output<typeof taggedShape>>;

/** The tags of chains in the text of iptables-save, each once. Pure. */
export function tagsIn(saved: string): readonly string[] {
  return [...new Set(chainsIn(saved, CHAIN_PREFIX).flatMap((chain) => TAG.exec(chain)?.[0] ?? []))];
}

/** Prints those containers in whose network there are any; after taking them away, where it was asked to. */
export async function runTagged(): Promise<number> {
  const { containers, remove } = askedShape.parse(JSON.parse(process.argv[3] ?? ''));
  const engine = engineAt(ENGINE_SOCKET_PATH);
  const signal = AbortSignal.timeout(LIMIT_MS);
  const filter = await findPacketFilter(signal);
  const found = await Promise.all(
    containers.map(async (container): Promise<readonly Tagged[]> => {
      const place = whereabouts(engine, container);
      const network = await place.network();
      if (!network || network.namespace === namespaceOf(1)) return [];
      const { pid } = await networkToTouch(place);
      const saved = await Promise.all(filter.families.map((family) => filter.saved(pid, family, signal)));
      const tags = tagsIn(saved.join(''));
      if (remove) for (const tag of tags) await filter.remove(pid, tag, signal);
      return tags.length === 0 ? [] : [{ container, tags }];
    }),
  );
  process.stdout.write(`${JSON.stringify(found.flat())}\n`);
  return 0;
}
