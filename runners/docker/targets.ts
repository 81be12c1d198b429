/** Finding the containers that an experiment names. */
import { EXIT, FiredrillError } from '../failure.ts';
import type { Target } from '../faults/fault.ts';
import { COMPOSE_LABEL, LABEL } from './labels.ts';
import { describeSelector, type Lines, matches } from './selector.ts';

/** One line of the engine's list, as far as it is needed. */
export interface ContainerLine {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly Image: string;
  readonly State: string;
  readonly Status: string;
  readonly Labels: Readonly<Record<string, string>>;
  readonly HostConfig?: { readonly NetworkMode?: string };
  readonly NetworkSettings?: { readonly Networks: Readonly<Record<string, { IPAddress?: string; GlobalIPv6Address?: string }>> };
  readonly Mounts?: readonly { readonly Type: string; readonly RW?: boolean }[];
}

/** The least that is asked of the engine here. */
export interface ContainerLister {
  listContainers(options: { all: boolean; filters: Readonly<Record<string, string[]>> }): Promise<readonly ContainerLine[]>;
}

export interface Scope {
  /** Only containers of this Compose project count. */
  readonly project?: string | undefined;
}

/** States in which there is something to touch. */
const ALIVE = new Set(['running', 'paused', 'restarting']);

/** Every container of a Compose project in any state, in the order of their names; one-off containers and our own don't count. */
export async function listSystem(docker: ContainerLister, project: string): Promise<readonly Target[]> {
  return list(docker, [`${COMPOSE_LABEL.project}=${project}`]);
}

/** Every container of the engine in any state; one-off containers and our own don't count. */
export function listAll(docker: ContainerLister): Promise<readonly Target[]> {
  return list(docker, []);
}

/**
 * The live containers that a selector names, in the order of their names.
 * Throws FiredrillError `no-target` (exit 7) where there is none, saying what there is instead.
 */
export async function resolveTargets(docker: ContainerLister, selector: Lines, scope: Scope): Promise<readonly Target[]> {
  const inScope = await list(docker, scope.project === undefined ? [] : [`${COMPOSE_LABEL.project}=${scope.project}`]);
  const matching = inScope.filter((target) => matches(target, selector));
  const alive = matching.filter((target) => ALIVE.has(target.state));
  if (alive.length > 0) return alive;
  const asked = describeSelector(selector);
  const where = scope.project === undefined ? 'on this engine' : `in the system '${scope.project}'`;
  throw new FiredrillError(
    'no-target',
    matching.length === 0
      ? `No container ${where} matches ${asked}; at least 1 is needed.`
      : `None of the containers that match ${asked} runs: ${matching.map((each) => `${each.name} (${each.state})`).join(', ')}; at least 1 is needed.`,
    {
      hint: inScope.length === 0 ? 'Nothing is there; bring the system up: firedrill up <compose file>' : available(inScope),
      exitCode: EXIT.groundUnfit,
    },
  );
}

/** A container of an engine that the experiment names has that name before its own, for people. */
export function onEngine(target: Target, engine: string | undefined): Target {
  return engine === undefined ? target : { ...target, engine, name: `${engine}/${target.name}` };
}

async function list(docker: ContainerLister, label: readonly string[]): Promise<readonly Target[]> {
  const lines = await docker.listContainers({ all: true, filters: label.length > 0 ? { label: [...label] } : {} });
  return lines
    .filter((line) => line.Labels[COMPOSE_LABEL.oneOff] !== 'True' && line.Labels[LABEL.role] === undefined)
    .map((line) => toTarget(line, lines))
    .sort((left, right) => (left.name < right.name ? -1 : left.name > right.name ? 1 : 0));
}

function toTarget(line: ContainerLine, lines: readonly ContainerLine[]): Target {
  const mode = line.HostConfig?.NetworkMode;
  // One that lives in another's network has that one's addresses, and none of its own.
  const owner = lines.find((each) => mode === `container:${each.Id}`) ?? line;
  const networks = Object.values(owner.NetworkSettings?.Networks ?? {});
  return {
    id: line.Id,
    name: (line.Names[0] ?? line.Id.slice(0, 12)).replace(/^\//, ''),
    service: line.Labels[COMPOSE_LABEL.service],
    project: line.Labels[COMPOSE_LABEL.project],
    labels: line.Labels,
    image: line.Image,
    state: line.State,
    addresses: networks.flatMap((each) => [each.IPAddress ?? '', each.GlobalIPv6Address ?? '']).filter((each) => each !== ''),
    ...(mode === undefined ? {} : { networkMode: mode }),
    persistent: (line.Mounts ?? []).some((mount) => (mount.Type === 'volume' || mount.Type === 'bind') && mount.RW !== false),
  };
}

/** How many names a hint lists at most. */
const HINT_NAMES_MAX = 12;

function available(targets: readonly Target[]): string {
  const services = [...new Set(targets.map((each) => each.service ?? each.name))];
  const shown = services.slice(0, HINT_NAMES_MAX).join(', ');
  const regions = [...new Set(targets.flatMap((each) => each.labels['region'] ?? []))];
  return `There are: ${shown}${services.length > HINT_NAMES_MAX ? ` and ${services.length - HINT_NAMES_MAX} more` : ''}${regions.length > 0 ? `; regions: ${regions.join(', ')}` : ''}.`;
}
