/** A Compose system as the conductor needs it: is it up, bring it up with an environment, take it down, what it was found with. */
import type { Environment } from './address.ts';
import { type ComposeEngine, composeDown, composeUp, composeVolumes, type VolumeLister } from './compose.ts';
import { activeServices, projectName, readComposeFile } from './compose-file.ts';
import { composeState } from './compose-health.ts';
import { type EnvironmentReader, foundEnvironment } from './found-environment.ts';
import { ensureImages, type ImageEngine, type Log } from './images.ts';
import { recipesOf } from './recipes.ts';

export type SystemEngine = ComposeEngine & EnvironmentReader & ImageEngine & VolumeLister;

export interface ComposeSystem {
  /** Absolute path of the Compose file. */
  readonly compose: string;
  readonly project: string;
  /** True when each service that starts by default runs. */
  isUp(): Promise<boolean>;
  /** Builds the images that the file asks for, brings it up with these variables over the caller's own, waits until it is healthy. */
  up(environment: Readonly<Record<string, string>>): Promise<void>;
  /** Takes it down; of its volumes, those that were there before `up` stay, unless `volumes` is set. */
  down(options?: { readonly volumes?: boolean }): Promise<void>;
  foundEnvironment(names: readonly string[]): Promise<Readonly<Record<string, string | undefined>>>;
}

export interface SystemOptions {
  /** The caller's own environment. */
  readonly environment: Environment;
  readonly log: Log;
  /** Compose project, where it is not the one that Compose derives. */
  readonly project?: string | undefined;
}

/** Opens a system; touches nothing. Throws FiredrillError `compose-file` (exit 7). */
export async function composeSystem(docker: SystemEngine, composeFile: string, options: SystemOptions): Promise<ComposeSystem> {
  const file = await readComposeFile(composeFile);
  const project = options.project ?? (await projectName(file, options.environment));
  const call = (environment: Environment) => ({ file: file.path, project, environment: { ...options.environment, ...environment } });
  let madeVolumes = false;
  return {
    compose: file.path,
    project,
    async isUp() {
      const running = new Set((await composeState(docker, project)).filter((each) => each.state === 'running').map((each) => each.service));
      const wanted = activeServices(file, options.environment);
      return wanted.length > 0 && wanted.every((service) => running.has(service));
    },
    async up(environment) {
      await ensureImages(docker, { recipes: await recipesOf(file.path), environment: options.environment, log: options.log });
      const volumesBefore = await composeVolumes(docker, project);
      await composeUp(docker, call(environment));
      madeVolumes = madeVolumes || volumesBefore.length === 0;
    },
    async down({ volumes = false } = {}) {
      await composeDown(docker, call({}), { volumes: volumes || madeVolumes });
    },
    foundEnvironment: (names) => foundEnvironment(docker, file, project, names),
  };
}
