/**
 * A keepsake: a container of ours that is never started and carries, as a label on the engine itself, what the undo needs when the
 * target is gone and the agent's own memory with it. It is made of the target's image and mounts its volumes, so that meanwhile
 * nobody's `prune` can take either.
 *
 * There is never an instant without one, once there was one: what replaces it is made beside it, and takes its name when it is gone. An engine goes
 * on making one for an agent that has died; so that it is being made is written down before, and whoever drops it waits for it to come.
 */
import { z } from 'zod';
import { LABEL } from '../docker/labels.ts';
import type { Engine } from './engine.ts';
import { type Ground, lookUntil } from './operations/five-moves.ts';

/** The label that holds it. */
const KEPT = 'firedrill.kept';
/** Ends the name of the one that is to take the other's place. */
const NEXT = '-next';
/** An engine that was asked for one and has not made it by then was never asked; on a busy one it takes a second or two. */
const COMING_MS_MAX = 5_000;
const LOOK_EVERY_MS = 50;

const carrierShape = z.object({ Id: z.string(), Config: z.object({ Labels: z.record(z.string(), z.string()) }) });
type Carrier = z.output<typeof carrierShape>;

export interface Keepsake {
  /** Replaces what was kept before. `image` is an id. */
  keep(text: string, image: string, volumes: readonly string[]): Promise<void>;
  /** Undefined where nothing is kept. */
  read(): Promise<string | undefined>;
  drop(): Promise<void>;
}

export interface KeepsakeGround extends Pick<Ground, 'tag' | 'comingKeepsake' | 'rememberComing'> {
  readonly engine: Pick<Engine, 'inspectWhole' | 'create' | 'remove' | 'rename'>;
}

/** By the operation's tag, which is its container's name. */
export function keepsake({ engine, tag, comingKeepsake, rememberComing }: KeepsakeGround): Keepsake {
  const carrierAt = async (name: string): Promise<Carrier | undefined> => {
    const found = carrierShape.safeParse(await engine.inspectWhole(name));
    return found.success && found.data.Config.Labels[LABEL.role] === 'keepsake' ? found.data : undefined;
  };
  /** The one that counts first. */
  const carriers = async () => (await Promise.all([`${tag}${NEXT}`, tag].map(carrierAt))).filter((each) => each !== undefined);
  const make = async (name: string, text: string, image: string, volumes: readonly string[]) => {
    rememberComing(name);
    const id = await engine.create(name, {
      Image: image,
      // Never started; an image without a command of its own could not be used without one.
      Entrypoint: ['/'],
      Labels: { [LABEL.role]: 'keepsake', [KEPT]: text },
      HostConfig: { NetworkMode: 'none', Binds: volumes.map((volume, index) => `${volume}:/kept/${index}:nocopy`) },
    });
    rememberComing(undefined);
    return id;
  };
  return {
    async keep(text, image, volumes) {
      const before = await carrierAt(tag);
      if (!before) return void (await make(tag, text, image, volumes));
      const next = await make(`${tag}${NEXT}`, text, image, volumes);
      await engine.remove(before.Id);
      await engine.rename(next, tag);
    },
    read: async () => (await carriers())[0]?.Config.Labels[KEPT],
    async drop() {
      const coming = comingKeepsake();
      if (coming !== undefined) {
        const isThere = (found: Carrier | undefined) => found !== undefined;
        await lookUntil(() => carrierAt(coming), isThere, { everyMs: LOOK_EVERY_MS, signal: AbortSignal.timeout(COMING_MS_MAX) });
      }
      for (const each of await carriers()) await engine.remove(each.Id);
      if (coming !== undefined) rememberComing(undefined);
    },
  };
}
