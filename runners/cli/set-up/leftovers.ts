/** What of ours is on an engine, and what has come since: containers, networks and volumes that a test should have taken away. */
import { isMiscounted, type RemovableNetwork } from '../../docker/miscounted-network.ts';

/** What is asked of the engine here. */
export interface LeftoverEngine {
  listContainers(options: { all: boolean }): Promise<readonly { Id: string; Names: readonly string[]; Labels: Labels }[]>;
  listNetworks(): Promise<readonly { Id?: string | undefined; Name: string; Labels?: Labels | null | undefined }[]>;
  getNetwork(id: string): RemovableNetwork;
  listVolumes(): Promise<{ Volumes: readonly { Name: string; Labels?: Labels | null | undefined }[] | null }>;
}

type Labels = Readonly<Record<string, string>>;

const PREFIX = 'firedrill.';
const PROJECT = 'com.docker.compose.project';

/** Everything that carries a label of ours, or belongs to a project of ours; id → what to call it. */
export async function snapshot(docker: LeftoverEngine): Promise<ReadonlyMap<string, string>> {
  const [containers, networks, { Volumes }] = await Promise.all([
    docker.listContainers({ all: true }),
    docker.listNetworks(),
    docker.listVolumes(),
  ]);
  const ours = new Map<string, string>();
  for (const { Id, Names, Labels } of containers) {
    if (isOurs(Labels)) ours.set(Id, `container ${(Names[0] ?? Id).replace(/^\//, '')}`);
  }
  for (const { Id, Name, Labels } of networks) {
    if (isOurs(Labels) || isDrillProject(Labels)) ours.set(Id ?? Name, `network ${Name}`);
  }
  for (const { Name, Labels } of Volumes ?? []) {
    if (isOurs(Labels) || isDrillProject(Labels)) ours.set(Name, `volume ${Name}`);
  }
  return ours;
}

/** What is there that was not there before, by name; an empty network that the engine miscounts and will not remove is not ours to mend. */
export async function findLeftovers(docker: LeftoverEngine, before: ReadonlyMap<string, string>): Promise<readonly string[]> {
  const after = await snapshot(docker);
  const left = [...after].filter(([id]) => !before.has(id));
  const kept = await Promise.all(left.map(([id, what]) => what.startsWith('network ') && isMiscounted(docker.getNetwork(id))));
  return left.filter((_, index) => !kept[index]).map(([, what]) => what);
}

function isOurs(labels: Labels | null | undefined): boolean {
  return Object.keys(labels ?? {}).some((label) => label.startsWith(PREFIX));
}

/** Compose labels networks and volumes with the project alone; the reference system's and the tests' projects go by these names. */
function isDrillProject(labels: Labels | null | undefined): boolean {
  return /^(fabric|firedrill)/.test(labels?.[PROJECT] ?? '');
}
