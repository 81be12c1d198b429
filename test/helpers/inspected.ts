/** What the engine says of each container's configuration, without what differs by nature (ids, times, addresses). */
import type Docker from 'dockerode';

/** By Compose service: one line a setting. */
export type Configuration = ReadonlyMap<string, readonly string[]>;

/** Labels that Compose writes for its own bookkeeping; they hold a hash of the rest. */
const BOOKKEEPING = /^com\.docker\.compose\.(config-hash|image|replace|container-number|oneoff|version)/;

/** The configuration of every container that carries the label. */
export async function configurationOf(docker: Docker, label: string): Promise<Configuration> {
  const containers = await docker.listContainers({ all: true, filters: { label: [label] } });
  const entries = await Promise.all(
    containers.map(async ({ Id, Labels }) => {
      const { Config, HostConfig } = await docker.getContainer(Id).inspect();
      const labels = Object.entries(Config.Labels).filter(([name]) => !BOOKKEEPING.test(name));
      const lines = [
        ...Config.Env.map((each) => `Env ${each}`),
        ...labels.map(([name, value]) => `Label ${name}=${value}`),
        ...Object.entries({ Image: Config.Image, Cmd: Config.Cmd, Entrypoint: Config.Entrypoint, User: Config.User }).map(
          ([name, value]) => `${name} ${JSON.stringify(value)}`,
        ),
        ...Object.entries(HostConfig)
          .filter(([name]) => name !== 'Binds' && name !== 'ContainerIDFile')
          .map(([name, value]) => `HostConfig.${name} ${JSON.stringify(value)}`),
      ];
      return [`${Labels['com.docker.compose.service']}`, lines.sort()] as const;
    }),
  );
  return new Map(entries);
}

/** Lines that only one of the two has. */
export function differences(left: Configuration, right: Configuration): readonly string[] {
  const services = [...new Set([...left.keys(), ...right.keys()])].sort();
  return services.flatMap((service) => {
    const [a, b] = [left.get(service) ?? [], right.get(service) ?? []];
    return [
      ...a.filter((each) => !b.includes(each)).map((each) => `${service} - ${each}`),
      ...b.filter((each) => !a.includes(each)).map((each) => `${service} + ${each}`),
    ];
  });
}
