/** Reading back what environment a system really runs with, so that a change of it can be put back exactly. */
import { type ComposeFile, usesOf } from './compose-file.ts';
import { COMPOSE_LABEL } from './labels.ts';
import type { ContainerLister } from './targets.ts';

export interface EnvironmentReader extends ContainerLister {
  getContainer(id: string): { inspect(): Promise<{ Config: { Env?: readonly string[] | null } }> };
}

/**
 * For each variable, the value that the running containers have of it, through the file's `${NAME…}` in their environments;
 * undefined where no container tells, since the file's own default then holds.
 */
export async function foundEnvironment(
  docker: EnvironmentReader,
  file: ComposeFile,
  project: string,
  names: readonly string[],
): Promise<Readonly<Record<string, string | undefined>>> {
  const lines = await docker.listContainers({ all: true, filters: { label: [`${COMPOSE_LABEL.project}=${project}`] } });
  const read = new Map<string, Promise<ReadonlyMap<string, string>>>();
  const environmentOf = (id: string) => {
    const known = read.get(id) ?? readEnvironment(docker, id);
    read.set(id, known);
    return known;
  };
  const found: Record<string, string | undefined> = {};
  for (const name of names) {
    for (const use of usesOf(file, name)) {
      const line = lines.find((each) => each.Labels[COMPOSE_LABEL.service] === use.service);
      const value = line === undefined ? undefined : (await environmentOf(line.Id)).get(use.key);
      if (value === undefined || !value.startsWith(use.before) || !value.endsWith(use.after)) continue;
      found[name] = value.slice(use.before.length, value.length - use.after.length);
      break;
    }
    found[name] ??= undefined;
  }
  return found;
}

async function readEnvironment(docker: EnvironmentReader, id: string): Promise<ReadonlyMap<string, string>> {
  const { Config } = await docker.getContainer(id).inspect();
  return new Map((Config.Env ?? []).map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
}
