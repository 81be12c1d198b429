/** The engines of a run: the one of the environment, and those that the experiment names. */
import type Docker from 'dockerode';
import type { Experiment } from '../../experiments/language/experiment.ts';
import { EXIT, FiredrillError } from '../failure.ts';
import type { Environment } from './address.ts';
import { connectEngine } from './engine.ts';

/** An engine of a run. `name` is undefined for the one of the environment. */
export interface NamedEngine {
  readonly name: string | undefined;
  readonly docker: Docker;
}

/** What an experiment says of its engines. */
export type EngineAddresses = Experiment['engines'];

/** Connects to one that the experiment names; its certificates are those of its own folder, and never the environment's. */
export function connectNamed(environment: Environment, { host, tls }: EngineAddresses[string]): Promise<Docker> {
  const secured = tls === undefined ? {} : { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: tls };
  return connectEngine({ ...environment, DOCKER_TLS_VERIFY: undefined, DOCKER_CERT_PATH: undefined, DOCKER_HOST: host, ...secured });
}

/**
 * Every engine that a target of the experiment is on, the environment's first; that one also where there is a system, or nothing else.
 * Throws FiredrillError `engine-missing` (exit 7) for one that does not answer, and `engine-twice` for two names of the same.
 */
export async function connectEngines(environment: Environment, experiment: Experiment): Promise<readonly NamedEngine[]> {
  const asked = new Set(Object.values(experiment.targets).map((target) => target.engine));
  const here = experiment.system !== undefined || asked.has(undefined) || asked.size === 0;
  const named = Object.entries(experiment.engines).filter(([name]) => asked.has(name));
  const engines = await Promise.all([
    ...(here ? [connectEngine(environment).then((docker) => ({ name: undefined, docker }))] : []),
    ...named.map(async ([name, address]) => ({ name, docker: await connectNamed(environment, address) })),
  ]);
  await assertApart(engines);
  return engines;
}

/** Engines of one machine may share their id; where they keep their data they do not. */
async function assertApart(engines: readonly NamedEngine[]): Promise<void> {
  if (engines.length < 2) return;
  const names = new Map<string, string>();
  for (const { name = 'the engine of the environment', docker } of engines) {
    const { ID, DockerRootDir } = await docker.info();
    const identity = `${ID} ${DockerRootDir}`;
    const other = names.get(identity);
    if (other !== undefined) {
      throw new FiredrillError('engine-twice', `${name} and ${other} are the same engine.`, {
        hint: 'Name each engine once, or leave out engine: where it is the one that firedrill uses anyway.',
        exitCode: EXIT.groundUnfit,
      });
    }
    names.set(identity, name);
  }
}
