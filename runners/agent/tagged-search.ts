/** The runner's side of tagged.ts: has the agent's image look into the networks of containers, once, and answers with what it saw. */
import type Docker from 'dockerode';
import { z } from 'zod';
import { LABEL } from '../docker/labels.ts';
import { hostConfig } from './container.ts';
import { splitFrames } from './engine-frames.ts';
import type { ContainerRef } from './operations/operation.ts';
import { type Tagged, taggedShape } from './tagged.ts';

/** Answers with what was found; with `remove` it was taken away, and a search after it shows whether it is gone. */
export async function searchTagged(
  docker: Docker,
  image: string,
  containers: readonly ContainerRef[],
  remove: boolean,
): Promise<readonly Tagged[]> {
  if (containers.length === 0) return [];
  const looker = await docker.createContainer({
    Image: image,
    Cmd: ['tagged', JSON.stringify({ containers, remove })],
    Labels: { [LABEL.role]: 'looker' },
    HostConfig: { ...hostConfig(docker), RestartPolicy: { Name: 'no' } },
  });
  try {
    await looker.start();
    const { StatusCode } = await looker.wait();
    const { text } = splitFrames(await looker.logs({ stdout: true, stderr: StatusCode !== 0, follow: false }));
    if (StatusCode !== 0) throw new Error(`looking for our rules ended with ${StatusCode}: ${text.trim()}`);
    return z.array(taggedShape).parse(JSON.parse(text));
  } finally {
    await looker.remove({ force: true });
  }
}
