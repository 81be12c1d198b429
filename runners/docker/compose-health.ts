/** How a Compose project fares, by the engine's list alone, and waiting until all of it is healthy. */
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT, FiredrillError } from '../failure.ts';
import { type LogReader, lastLogLines } from './container-log.ts';
import { COMPOSE_LABEL } from './labels.ts';
import type { ContainerLister } from './targets.ts';

/** How long a whole system may take until it is healthy; a database that starts from nothing takes the longest. */
export const HEALTHY_LIMIT_MS = 180_000;
const POLL_MS = 250;
/** A container that ended badly and does not start again within so many looks will not get better. */
const DEAD_LOOKS_MAX = 8;
const LOG_LINES_SHOWN = 8;

export interface ServiceState {
  readonly id: string;
  readonly container: string;
  readonly service: string;
  readonly state: string;
  /** `undefined` where the container has no health check or does not run. */
  readonly health: 'starting' | 'healthy' | 'unhealthy' | undefined;
  /** Of the last end; undefined while it runs. */
  readonly exitCode: number | undefined;
}

/** The containers of a project, by name. */
export async function composeState(docker: ContainerLister, project: string): Promise<readonly ServiceState[]> {
  const lines = await docker.listContainers({ all: true, filters: { label: [`${COMPOSE_LABEL.project}=${project}`] } });
  return lines
    .filter((line) => line.Labels[COMPOSE_LABEL.oneOff] !== 'True')
    .map((line) => ({
      id: line.Id,
      container: (line.Names[0] ?? line.Id).replace(/^\//, ''),
      service: line.Labels[COMPOSE_LABEL.service] ?? '',
      state: line.State,
      health: healthIn(line.Status),
      exitCode: exitCodeIn(line.Status),
    }))
    .sort((left, right) => (left.container < right.container ? -1 : 1));
}

/** True where it runs and is healthy, or has no health check, or has done its work and ended well. */
export function isGood(state: ServiceState): boolean {
  if (state.state === 'running') return state.health === undefined || state.health === 'healthy';
  return state.state === 'exited' && state.exitCode === 0;
}

/** Throws FiredrillError `unhealthy` (exit 7) naming the first container that is not, with the last lines of its log. */
export async function waitUntilHealthy(docker: ContainerLister & LogReader, project: string, limitMs = HEALTHY_LIMIT_MS): Promise<void> {
  const endMs = performance.now() + limitMs;
  let deadLooks = 0;
  for (;;) {
    const states = await composeState(docker, project);
    const bad = states.filter((each) => !isGood(each));
    if (states.length > 0 && bad.length === 0) return;
    const dead = bad.find((each) => each.state === 'exited' || each.state === 'dead');
    deadLooks = dead ? deadLooks + 1 : 0;
    if (dead && deadLooks >= DEAD_LOOKS_MAX) throw await unhealthy(docker, dead, `ended with code ${dead.exitCode}`);
    if (performance.now() > endMs) throw await tooLate(docker, bad, project, limitMs);
    await sleep(POLL_MS);
  }
}

async function tooLate(docker: LogReader, bad: readonly ServiceState[], project: string, limitMs: number): Promise<FiredrillError> {
  const limit = `${limitMs / 1000} s, the limit`;
  const [first] = [...bad].sort((left, right) => severity(right) - severity(left));
  if (first) {
    const others = bad.length > 1 ? ` (and ${bad.length - 1} more are not)` : '';
    return unhealthy(docker, first, `is ${first.health ?? first.state}, not healthy, after ${limit}${others}`);
  }
  return new FiredrillError('unhealthy', `No container of ${project} was there after ${limit}.`, { exitCode: EXIT.groundUnfit });
}

function severity(state: ServiceState): number {
  return state.state !== 'running' ? 2 : state.health === 'unhealthy' ? 1 : 0;
}

async function unhealthy(docker: LogReader, state: ServiceState, how: string): Promise<FiredrillError> {
  const lines = await lastLogLines(docker, state.id, LOG_LINES_SHOWN);
  const said = lines.length > 0 ? `; its log ends:\n${lines.map((line) => `    ${line}`).join('\n')}` : '; its log is empty.';
  return new FiredrillError('unhealthy', `Container ${state.container} ${how}${said}`, {
    hint: `Look at it: docker logs ${state.container}`,
    exitCode: EXIT.groundUnfit,
  });
}

/** The engine's own words: `Up 3 seconds (healthy)`, `Up 2 seconds (health: starting)`. */
function healthIn(status: string): ServiceState['health'] {
  const word = /\((?:health: )?(starting|healthy|unhealthy)\)/.exec(status)?.[1];
  return word === 'starting' || word === 'healthy' || word === 'unhealthy' ? word : undefined;
}

function exitCodeIn(status: string): number | undefined {
  const code = /^Exited \((\d+)\)/.exec(status)?.[1];
  return code === undefined ? undefined : Number(code);
}
