/** Checks of the engine, and of what it can get. */
import { BASE_IMAGE } from '../../../docker/base-image.ts';
import { engineAddress } from '../../../docker/engine.ts';
import type { EngineFacts } from '../../../docker/engine-facts.ts';
import { FiredrillError } from '../../../failure.ts';
import type { Machine } from '../../set-up/machine.ts';
import type { Check } from './check.ts';

/** How long a registry may take to answer a search. */
const REGISTRY_LIMIT_MS = 5_000;
const COMMAND_LIMIT_MS = 20_000;

interface ImageSeeker {
  getImage(name: string): { inspect(): Promise<{ Id: string; Size: number }> };
  searchImages(options: { term: string; limit: number }): Promise<unknown>;
}

/** The check for an engine that does not answer. */
export function unreachable(error: unknown): Check {
  const found = error instanceof Error ? error.message : String(error);
  const hint = error instanceof FiredrillError ? error.hint : undefined;
  return { name: 'engine', state: 'bad', found, ...(hint ? { hint } : {}) };
}

export function engineChecks(docker: object, facts: EngineFacts): readonly Check[] {
  return [
    {
      name: 'engine',
      state: 'ok',
      found: `Docker ${facts.version} (API ${facts.apiVersion}) at ${engineAddress(docker) ?? 'an unknown address'}`,
    },
    {
      name: 'host',
      state: 'ok',
      found: `${facts.operatingSystem}, kernel ${facts.kernel}, ${facts.architecture}, storage ${facts.storageDriver}`,
    },
    { name: 'cgroups', state: 'ok', found: `version ${facts.cgroupVersion}, driver ${facts.cgroupDriver}` },
    confinementCheck(facts.confinement),
  ];
}

/** What keeps containers apart on that host, and whether the agent gets through it. */
export function confinementCheck(confinement: readonly string[]): Check {
  const name = 'confinement';
  const found = confinement.length === 0 ? 'none' : confinement.join(', ');
  if (confinement.includes('rootless')) {
    return {
      name,
      state: 'bad',
      found: `${found}; the agent would not be root on that host, and could touch neither networks nor control groups`,
      hint: 'Use an engine that runs as root: docker context use default',
    };
  }
  const lifted = ['apparmor', 'selinux', 'userns'].filter((each) => confinement.includes(each));
  return { name, state: 'ok', found: lifted.length === 0 ? found : `${found}; for the agent alone ${lifted.join(', ')} is lifted` };
}

export async function composeCheck(machine: Machine): Promise<Check> {
  for (const [command, args] of [
    ['docker', ['compose', 'version', '--short']],
    ['docker-compose', ['version', '--short']],
  ] as const) {
    if (machine.find(command) === undefined) continue;
    const { exitCode, output } = await machine.run(command, args, COMMAND_LIMIT_MS);
    if (exitCode === 0) return { name: 'compose', state: 'ok', found: `${[command, ...args.slice(0, -2)].join(' ')} ${output.trim()}` };
  }
  return { name: 'compose', state: 'bad', found: 'neither docker compose nor docker-compose runs', hint: 'apt-get install docker-compose' };
}

export async function baseCheck(docker: ImageSeeker): Promise<Check> {
  const image = await docker
    .getImage(BASE_IMAGE)
    .inspect()
    .catch(() => undefined);
  if (image) return { name: 'base image', state: 'ok', found: `${BASE_IMAGE}, ${Math.round(image.Size / 1e6)} MB` };
  return { name: 'base image', state: 'warn', found: `${BASE_IMAGE} is not on the engine yet; it is made when it is needed` };
}

/** Asks the engine to ask, since it is the engine that pulls. */
export async function registryCheck(docker: ImageSeeker): Promise<Check> {
  const name = 'registry';
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer in ${REGISTRY_LIMIT_MS / 1000} s`), REGISTRY_LIMIT_MS);
  });
  const asked = docker.searchImages({ term: 'debian', limit: 1 }).then(
    () => undefined,
    (error: unknown) => lastClause(error),
  );
  const failure = await Promise.race([asked, limit]);
  clearTimeout(timer);
  if (failure === undefined) return { name, state: 'ok', found: 'answers' };
  return { name, state: 'warn', found: `none (${failure}); the base image is made from Debian packages instead` };
}

/** The engine wraps a network's words in its own, the outermost first. */
function lastClause(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return words.trim().split(': ').at(-1)?.trim() || words;
}
