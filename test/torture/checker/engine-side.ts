/** What the engine itself says: of each container of the system, of its networks and volumes, and of all that is labelled as ours. */
import { buffer } from 'node:stream/consumers';
import type Docker from 'dockerode';
import { demultiplex } from './frames.ts';
import type { Place, Sections } from './look/asked.ts';

/** What the checker looks after. */
export interface Scope {
  /** The label, `name=value`, on every container of the system, and on its networks and volumes. */
  readonly system: string;
  /** Which of the things that carry a label of ours count; by default all. On an engine that others use, only one's own. */
  readonly counts?: (labels: Labels) => boolean;
  /** A process in the host's namespaces; 1 unless the engine has a network namespace of its own. */
  readonly hostPid?: number;
  /** True where nobody else uses the engine. */
  readonly wholeHost: boolean;
  /** By container name: mount points, and paths of its own layer, with data that its programs write. */
  readonly dataPaths?: Readonly<Record<string, readonly string[]>>;
  /** Command lines of the system's own processes that come and go by themselves. */
  readonly passing?: readonly RegExp[];
  /** By container name: a command in it that tells what its program keeps to itself, such as a pause. */
  readonly asks?: Readonly<Record<string, readonly string[]>>;
}

export type Labels = Readonly<Record<string, string>>;

const PREFIX = 'firedrill.';
const OURS = /firedrill/i;
/** On the checker's own container. */
export const CHECKER_LABEL = 'firedrill.checker';

export interface EngineSide {
  readonly sections: Sections;
  /** Those that run. */
  readonly places: readonly Place[];
  /** Each address and hardware address of a container, and whose it is. */
  readonly addresses: ReadonlyMap<string, string>;
}

/** The system's containers, running and not, and the sections about them. */
export async function askEngine(docker: Docker, scope: Scope): Promise<EngineSide> {
  const filters = JSON.stringify({ label: [scope.system] });
  const listed = await docker.listContainers({ all: true, filters });
  const asked = await Promise.all(listed.map((each) => askContainer(docker, each.Id, scope)));
  const sections: Sections = Object.assign({}, ...asked.map((each) => each.sections));
  sections['engine: containers of the system'] = asked.map((each) => each.place.name).sort();
  sections['engine: ours'] = await ours(docker, scope);
  Object.assign(sections, await askNetworks(docker, filters));
  const addresses = new Map(asked.flatMap((each) => each.addresses));
  return { sections, places: asked.map((each) => each.place).filter((place) => place.pid > 0), addresses };
}

interface Asked {
  readonly sections: Sections;
  readonly place: Place;
  readonly addresses: readonly (readonly [string, string])[];
}

async function askContainer(docker: Docker, id: string, scope: Scope): Promise<Asked> {
  const container = docker.getContainer(id);
  const [found, changes] = await Promise.all([container.inspect(), container.changes()]);
  const name = found.Name.replace(/^\//, '');
  const question = scope.asks?.[name];
  const { Status, Running, Paused, Restarting, Dead, Pid } = found.State;
  // Where nothing changed, the engine answers with something that is no list.
  const all: readonly { Path: string; Kind: number }[] = Array.isArray(changes) ? changes : [];
  const dataPaths = scope.dataPaths?.[name] ?? [];
  const changed = all.filter(({ Path }) => !isData(dataPaths, Path));
  const networks = Object.entries(found.NetworkSettings.Networks).map(
    ([network, { IPAMConfig, Links, Aliases, DriverOpts }]: [string, Endpoint]) =>
      `${network} ${JSON.stringify({ IPAMConfig, Links, Aliases: [...(Aliases ?? [])].sort(), DriverOpts })}`,
  );
  const addresses = Object.entries(found.NetworkSettings.Networks).flatMap(([network, each]) =>
    [each.IPAddress, each.GlobalIPv6Address, each.MacAddress].flatMap((address) =>
      address ? [[address, `${name}@${network}`] as const] : [],
    ),
  );
  return {
    addresses,
    place: {
      name,
      id,
      pid: Pid,
      dataPaths,
      changed: changed.flatMap(({ Kind, Path }) => (Kind === 2 ? [] : [Path])),
    },
    sections: {
      [`${name}: state`]: [JSON.stringify({ Status, Running, Paused, Restarting, Dead })],
      [`${name}: configuration`]: [
        `Image ${found.Image}`,
        ...settings('Config', found.Config),
        ...settings('HostConfig', found.HostConfig),
        ...found.Mounts.map(({ Type, Name, Destination, RW }) => `Mount ${Type} ${Name ?? ''} on ${Destination} ${RW ? 'rw' : 'ro'}`),
      ].sort(),
      [`${name}: networks`]: networks.sort(),
      [`${name}: difference from its image`]: changed.map(({ Kind, Path }) => `${'CAD'[Kind]} ${Path}`).sort(),
      ...(question && found.State.Running && !found.State.Paused
        ? { [`${name}: says`]: await ask(container, question).catch((error) => [`cannot be asked: ${error}`]) }
        : {}),
    },
  };
}

async function ask(container: Docker.Container, command: readonly string[]): Promise<readonly string[]> {
  const exec = await container.exec({ Cmd: [...command], AttachStdout: true, AttachStderr: true });
  const { stdout, stderr } = demultiplex(await buffer(await exec.start({})));
  return `${stdout}${stderr}`.split('\n').filter((line) => line !== '');
}

/** What programs write as they work, unless it is named after us. */
function isData(dataPaths: readonly string[], path: string): boolean {
  return !OURS.test(path) && dataPaths.some((each) => path === each || path.startsWith(`${each}/`));
}

interface Endpoint {
  readonly IPAMConfig?: unknown;
  readonly Links?: unknown;
  readonly Aliases?: readonly string[] | null;
  readonly DriverOpts?: unknown;
}

function settings(of: string, values: object): readonly string[] {
  return (
    Object.entries(values)
      // After its own restart the engine reads an empty list where there was none.
      .filter(([, value]) => value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0))
      .map(
        ([key, value]) =>
          `${of}.${key} ${JSON.stringify(Array.isArray(value) && key !== 'Cmd' && key !== 'Entrypoint' ? [...value].sort() : value)}`,
      )
  );
}

async function askNetworks(docker: Docker, filters: string): Promise<Sections> {
  const networks = await docker.listNetworks({ filters });
  const inspected = await Promise.all(networks.map((each) => docker.getNetwork(each.Id).inspect()));
  const containers = (attached: object | undefined) =>
    Object.values(attached ?? {})
      .map((each: { Name: string }) => each.Name)
      .sort();
  return Object.fromEntries(
    inspected.map((each) => [
      `network ${each.Name}: on the engine`,
      [
        `Driver ${each.Driver} Internal ${each.Internal} ${JSON.stringify(each.IPAM)} ${JSON.stringify(each.Options)}`,
        ...containers(each.Containers).map((name) => `attached: ${name}`),
      ],
    ]),
  );
}

/** Containers, networks, volumes and images that were made by firedrill and are not the system itself. */
async function ours(docker: Docker, { system, counts = () => true, wholeHost }: Scope): Promise<readonly string[]> {
  const [label = '', value] = system.split('=');
  const isOurs = (labels: Labels | null | undefined) =>
    labels?.[CHECKER_LABEL] === undefined &&
    labels?.[label] !== value &&
    Object.keys(labels ?? {}).some((each) => each.startsWith(PREFIX)) &&
    counts(labels ?? {});
  const [containers, networks, volumes, images] = await Promise.all([
    docker.listContainers({ all: true }),
    docker.listNetworks(),
    docker.listVolumes(),
    docker.listImages({ all: true }),
  ]);
  const lockOrNot = (labels: Labels) => (labels['firedrill.role'] === 'lock' ? 'lock' : 'container');
  return [
    ...containers.filter((each) => isOurs(each.Labels)).map((each) => `${lockOrNot(each.Labels)} ${each.Names[0]} (${each.State})`),
    ...networks.filter((each) => isOurs(each.Labels)).map((each) => `network ${each.Name}`),
    ...(volumes.Volumes ?? []).filter((each) => wholeHost || isOurs(each.Labels)).map((each) => `volume ${each.Name}`),
    ...images.filter((each) => wholeHost || isOurs(each.Labels)).map((each) => `image ${each.RepoTags?.join(' ') ?? each.Id}`),
  ].sort();
}
