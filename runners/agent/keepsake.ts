/**
 * A keepsake: a container of ours that is never started and carries, as a label on the engine itself, what the undo needs when the
 * target is gone and the agent's own memory with it. It is made of the target's image and mounts its volumes, so that meanwhile
 * nobody's `prune` can take either.
 */
import { z } from 'zod';
import { LABEL } from '../docker/labels.ts';
import type { Engine } from './engine.ts';

/** The label that holds it. */
const KEPT = 'firedrill.kept';
const carrierShape = z.object({ Id: z.string(), Config: z.object({ Labels: z.record(z.string(), z.string()) }) });

export interface Keepsake {
  /** Replaces what was kept before. `image` is an id. */
  keep(text: string, image: string, volumes: readonly string[]): Promise<void>;
  /** Undefined where nothing is kept. */
  read(): Promise<string | undefined>;
  drop(): Promise<void>;
}

/** By the operation's tag, which is its container's name. */
export function keepsake(engine: Engine, tag: string): Keepsake {
  const carrier = async () => {
    const found = carrierShape.safeParse(await engine.inspectWhole(tag));
    return found.success && found.data.Config.Labels[LABEL.role] === 'keepsake' ? found.data : undefined;
  };
  const drop = async () => {
    const found = await carrier();
    if (found) await engine.remove(found.Id);
  };
  return {
    async keep(text, image, volumes) {
      await drop();
      await engine.create(tag, {
        Image: image,
        // Never started; an image without a command of its own could not be used without one.
        Entrypoint: ['/'],
        Labels: { [LABEL.role]: 'keepsake', [KEPT]: text },
        HostConfig: { NetworkMode: 'none', Binds: volumes.map((volume, index) => `${volume}:/kept/${index}:nocopy`) },
      });
    },
    read: async () => (await carrier())?.Config.Labels[KEPT],
    drop,
  };
}
