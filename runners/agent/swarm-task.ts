/**
 * Tasks of Swarm services. Swarm puts another in the place of one that has ended, under another name, so nobody may start that one again: it
 * would be one too many, of which Swarm knows nothing.
 */

const TASK = 'com.docker.swarm.task.id';

export function isSwarmTask(labels: Readonly<Record<string, string>>): boolean {
  return labels[TASK] !== undefined;
}
