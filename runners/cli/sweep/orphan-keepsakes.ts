/**
 * Keepsakes of runs that nobody knows of: agent, lock and journal are gone. They are named and left: what one keeps may be the only trace of how a
 * container was found, and without its orders nobody can tell.
 */
import { LABEL } from '../../docker/labels.ts';

export interface KeepsakeLister {
  listContainers(options: {
    all: true;
    filters: string;
  }): Promise<readonly { readonly Names: readonly string[]; readonly Labels: Readonly<Record<string, string>> }[]>;
}

/** Names of their containers. None while a run is known on the engine: they may be its own. */
export async function orphanKeepsakes(docker: KeepsakeLister): Promise<readonly string[]> {
  const ours = await docker.listContainers({ all: true, filters: JSON.stringify({ label: [LABEL.role] }) });
  const inRole = (role: string) => ours.filter(({ Labels }) => Labels[LABEL.role] === role);
  if (inRole('agent').length + inRole('lock').length > 0) return [];
  return inRole('keepsake').flatMap(({ Names }) => Names[0]?.replace(/^\//, '') ?? []);
}

/** A line for people. */
export function describeOrphan(name: string): string {
  return `${name} keeps how something was found, for a run that nobody knows of; look at it: docker inspect ${name}; when all is well: docker rm ${name}`;
}
