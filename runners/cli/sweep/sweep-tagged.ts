/**
 * Packet rules with a tag of ours that no run knows of: its agent, its lock and its journal are gone. Looked for in containers that may
 * be touched, and in none that an agent is at work on. What was paused or stopped carries no tag, and cannot be known as ours.
 */
import type Docker from 'dockerode';
import { agentImage } from '../../agent/image.ts';
import { findAgents, readOrders } from '../../agent/remains.ts';
import { searchTagged } from '../../agent/tagged-search.ts';
import { tagOf } from '../../docker/images.ts';
import { isAllowed, type Permission } from '../../docker/permission.ts';
import { listAll } from '../../docker/targets.ts';

export interface TaggedSweep {
  readonly docker: Docker;
  readonly permission: Permission;
  readonly say: (text: string) => void;
  readonly confirm: (count: number) => Promise<boolean>;
}

/** What it came to; `declined` where a person said no. */
export async function sweepTagged({ docker, permission, say, confirm }: TaggedSweep): Promise<'none' | 'clean' | 'left' | 'declined'> {
  const image = tagOf(agentImage);
  // An engine without the agent's image never had an agent of this version.
  if (!(await hasImage(docker, image))) return 'none';
  const busy = await atWorkOn(docker);
  const containers = (await listAll(docker))
    .filter((each) => each.state === 'running' && isAllowed(each, permission) && !busy.has(each.id))
    .map(({ id, name }) => ({ id, name }));
  const found = await searchTagged(docker, image, containers, false);
  if (found.length === 0) return 'none';
  for (const { container, tags } of found) say(`${container.name}: packet rules of ours that no run knows of: ${tags.join(', ')}`);
  say('containers that such a run paused or stopped carry no tag: look at them by hand: docker ps --all');
  if (!(await confirm(found.length))) return 'declined';
  await searchTagged(docker, image, containers, true);
  const left = await searchTagged(docker, image, containers, false);
  say(left.length === 0 ? 'they are taken away and read back' : 'not all of them could be taken away');
  return left.length === 0 ? 'clean' : 'left';
}

/** Containers in the orders of agents that still work. */
async function atWorkOn(docker: Docker): Promise<ReadonlySet<string>> {
  const working = (await findAgents(docker)).filter(({ state }) => state === 'running' || state === 'restarting');
  const orders = await Promise.all(working.map(({ id }) => readOrders(docker, id).catch(() => undefined)));
  return new Set(orders.flatMap((each) => each?.faults ?? []).flatMap(({ operations }) => operations.map(({ container }) => container.id)));
}

async function hasImage(docker: Docker, image: string): Promise<boolean> {
  return docker
    .getImage(image)
    .inspect()
    .then(
      () => true,
      () => false,
    );
}
