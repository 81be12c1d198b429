/** A Compose system as the conductor needs it: how it is, up with an environment, down, and what it was found with. */
import type { Environment } from './address.ts';
import { type ComposeEngine, composeDown, composeUp, composeVolumes } from './compose.ts';
import { activeServices, projectName, readComposeFile } from './compose-file.ts';
import { composeState, isGood, type ServiceState } from './compose-health.ts';
import { type EnvironmentReader, foundEnvironment } from './found-environment.ts';
import { ensureImages, type ImageEngine, type Log } from './images.ts';
import { recipesOf } from './recipes.ts';

export type SystemEngine = ComposeEngine & EnvironmentReader & ImageEngine;

/** `absent`: none of its containers exist; `unhealthy`: some do, and `bad` says what is wrong with which. */
export type SystemState = { readonly state: 'absent' | 'healthy' } | { readonly state: 'unhealthy'; readonly bad: readonly string[] };

export interface ComposeSystem {
  /** Absolute path of the Compose file. */
  readonly compose: string;
  readonly project: string;
  state(): Promise<SystemState>;
  /** Builds the images that the file asks for, brings it up with these variables over the caller's own, waits until it is healthy. */
  up(environment: Readonly<Record<string, string>>): Promise<void>;
  /**
   * Takes it down; its volumes go with it where `up` made them, or where they are asked for. Answers with the names of empty networks that the
   * engine miscounts and keeps until it restarts.
   */
  down(options?: { readonly volumes?: boolean }): Promise<readonly string[]>;
  foundEnvironment(names: readonly string[]): Promise<Readonly<Record<string, string | undefined>>>;
}

export interface SystemOptions {
  /** The caller's own environment. */
  readonly environment: Environment;
  readonly log: Log;
  /** The Compose project, where it is not the one that Compose derives. */
  readonly project?: string | undefined;
}

/** Opens a system; touches nothing. Throws FiredrillError `compose-file` (exit 7). */
export async function composeSystem(docker: SystemEngine, composeFile: string, options: SystemOptions): Promise<ComposeSystem> {
  const { environment, log } = options;
  const file = await readComposeFile(composeFile);
  const project = options.project ?? (await projectName(file, environment));
  let madeVolumes = false;
  return {
    compose: file.path,
    project,
    state: async () => summarize(await composeState(docker, project), await activeServices(file, environment)),
    async up(changes) {
      await ensureImages(docker, { recipes: await recipesOf(file.path), environment, log });
      const volumesBefore = await composeVolumes(docker, project);
      await composeUp(docker, { file: file.path, project, environment: { ...environment, ...changes } });
      madeVolumes = madeVolumes || volumesBefore.length === 0;
    },
    down: ({ volumes = false } = {}) => composeDown(docker, { file: file.path, project, environment }, { volumes: volumes || madeVolumes }),
    foundEnvironment: (names) => foundEnvironment(docker, file, project, names),
  };
}

/** The whole by its parts: each service that starts by default must have a container, and each container must be good. */
export function summarize(containers: readonly ServiceState[], wanted: readonly string[]): SystemState {
  if (containers.length === 0) return { state: 'absent' };
  const there = new Set(containers.map((each) => each.service));
  const missing = wanted.filter((service) => !there.has(service)).map((service) => `${service} has no container`);
  const bad = containers.filter((each) => !isGood(each)).map((each) => `${each.container} is ${each.health ?? each.state}`);
  return missing.length + bad.length === 0 ? { state: 'healthy' } : { state: 'unhealthy', bad: [...missing, ...bad] };
}
