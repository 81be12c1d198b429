/**
 * Compose, by its command line, in either of its forms: `docker compose` (v2) or `docker-compose` (1.29). The project
 * and the engine are always given, so that both forms act on what firedrill looks at.
 */
import { dirname } from 'node:path';
import { $ } from 'zx';
import { EXIT, FiredrillError } from '../failure.ts';
import type { Environment } from './address.ts';
import { composeFailure } from './compose-failure.ts';
import { type ComposeFile, readComposeFile } from './compose-file.ts';
import { waitUntilHealthy } from './compose-health.ts';
import type { LogReader } from './container-log.ts';
import { engineAddress } from './engine.ts';
import { COMPOSE_LABEL } from './labels.ts';
import { isMiscounted, isRefusal, type RemovableNetwork } from './miscounted-network.ts';
import { type ContainerLister, listSystem } from './targets.ts';

/** How long one call of Compose may take; pulling images is the longest. */
const COMPOSE_LIMIT_MS = 10 * 60_000;
/** How long Compose gives containers to end before it kills them. */
const STOP_GRACE_S = 5;

export interface ComposeCall {
  readonly file: string;
  readonly project: string;
  /** The whole environment that Compose sees. */
  readonly environment: Environment;
}

export interface ComposeEngine extends ContainerLister, LogReader, NetworkKeeper, VolumeLister {}

/** What was found, by PATH: asking takes as long as starting Compose. */
const commands = new Map<string, readonly string[]>();

/** The command of this machine's Compose. Throws FiredrillError `compose-missing` (exit 7). */
export async function composeCommand(environment: Environment): Promise<readonly string[]> {
  const path = environment['PATH'] ?? '';
  const known = commands.get(path);
  if (known) return known;
  const ask = $({ nothrow: true, quiet: true, env: defined(environment) });
  const hasPlugin = (await ask`docker compose version`).exitCode === 0;
  const found = hasPlugin ? ['docker', 'compose'] : (await ask`command -v docker-compose`).exitCode === 0 ? ['docker-compose'] : undefined;
  if (found) {
    commands.set(path, found);
    return found;
  }
  throw new FiredrillError(
    'compose-missing',
    'Neither `docker compose` nor `docker-compose` runs on this machine; one of them is needed.',
    {
      hint: 'On Debian or Ubuntu, as root, type: apt-get install docker-compose',
      exitCode: EXIT.groundUnfit,
    },
  );
}

/**
 * Creates and starts what the file names, and waits until all of it is healthy. Where nothing of the project was there before and it
 * fails, what was created is taken away again. Throws FiredrillError (exit 7): port taken, disk full, unhealthy, or Compose's own words.
 */
export async function composeUp(docker: ComposeEngine, call: ComposeCall): Promise<void> {
  const before = await listSystem(docker, call.project);
  const volumesBefore = await composeVolumes(docker, call.project);
  try {
    await runCompose(docker, call, ['up', '-d', '--no-build', '-t', String(STOP_GRACE_S)]);
    await waitUntilHealthy(docker, call.project);
  } catch (error) {
    if (before.length === 0) await composeDown(docker, call, { volumes: volumesBefore.length === 0 }).catch(() => undefined);
    throw error;
  }
}

/**
 * Stops and removes the project's containers and networks, with `volumes` its volumes too. Answers with the names of empty networks
 * that the engine miscounts and keeps until it restarts; everything else is gone.
 */
export async function composeDown(
  docker: NetworkKeeper,
  call: ComposeCall,
  options: { readonly volumes?: boolean } = {},
): Promise<readonly string[]> {
  try {
    await runCompose(docker, call, ['down', '--remove-orphans', '-t', String(STOP_GRACE_S), ...(options.volumes ? ['-v'] : [])]);
    return [];
  } catch (error) {
    if (!(error instanceof FiredrillError && isRefusal(error.message))) throw error;
    const networks = await docker.listNetworks({ filters: JSON.stringify({ label: [`${COMPOSE_LABEL.project}=${call.project}`] }) });
    const miscounted = await Promise.all(networks.map(async ({ Id }) => isMiscounted(docker.getNetwork(Id))));
    if (miscounted.includes(false)) throw error;
    return networks.map(({ Name }) => Name);
  }
}

/** What is asked of the engine to take networks away. */
export interface NetworkKeeper {
  listNetworks(options: { filters: string }): Promise<readonly { readonly Id: string; readonly Name: string }[]>;
  getNetwork(id: string): RemovableNetwork;
}

/** Names of the project's volumes, so that only those which a run made are removed with it. */
export async function composeVolumes(docker: VolumeLister, project: string): Promise<readonly string[]> {
  const { Volumes } = await docker.listVolumes({ filters: JSON.stringify({ label: [`${COMPOSE_LABEL.project}=${project}`] }) });
  return (Volumes ?? []).map((each) => each.Name).sort();
}

export interface VolumeLister {
  listVolumes(options: { filters: string }): Promise<{ Volumes: readonly { Name: string }[] | null }>;
}

async function runCompose(docker: object, call: ComposeCall, args: readonly string[]): Promise<void> {
  const address = engineAddress(docker);
  const environment = address === undefined ? call.environment : { ...call.environment, DOCKER_HOST: address };
  const command = await composeCommand(environment);
  const file = await readComposeFile(call.file);
  const { files, input } = fileArguments(command, file);
  const shell = $({ nothrow: true, quiet: true, env: defined(environment), input, timeout: COMPOSE_LIMIT_MS });
  const result = await shell`${command} ${[...files, '-p', call.project, ...args]}`;
  if (result.exitCode === 0) return;
  throw await composeFailure({ docker, file: call.file, output: `${result.stdout}\n${result.stderr}` });
}

/** docker-compose 1.29 refuses a file with `name:`; it then reads the file without that key from its input. */
function fileArguments(command: readonly string[], file: ComposeFile): { files: readonly string[]; input: string } {
  const folder = ['--project-directory', dirname(file.path)];
  if (file.name === undefined || command.length > 1) return { files: [...folder, '-f', file.path], input: '' };
  return { files: [...folder, '-f', '-'], input: file.textWithoutName };
}

function defined(environment: Environment): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
}
