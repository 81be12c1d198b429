/** `firedrill up`: builds the images that a Compose system needs, brings it up, and waits until it is healthy. */
import { resolve } from 'node:path';
import { composeSystem } from '../../docker/compose-system.ts';
import { EXIT, type ExitCode } from '../../failure.ts';
import type { CliIo } from '../io.ts';
import { prepareGround } from '../set-up/ground.ts';

export interface UpOptions {
  readonly yes: boolean;
  readonly json: boolean;
}

export async function up(io: CliIo, file: string, options: UpOptions): Promise<ExitCode> {
  const say = (text: string) => {
    if (!options.json) io.stdout.write(`${text}\n`);
  };
  const docker = await prepareGround({ environment: io.environment, yes: options.yes, ask: io.ask, log: say });
  const composeFile = resolve(io.workingDirectory, file);
  const system = await composeSystem(docker, composeFile, { environment: io.environment, log: say });
  await system.up({});
  if (options.json) io.stdout.write(`${JSON.stringify({ project: system.project, compose: system.compose, state: 'healthy' })}\n`);
  say(`${system.project} is up and healthy; take it down with: npx firedrill down ${file}`);
  return EXIT.passed;
}
