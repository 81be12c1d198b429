/** `firedrill down`: takes a Compose system down, its networks and volumes too. */
import { resolve } from 'node:path';
import { composeDown } from '../../docker/compose.ts';
import { projectName, readComposeFile } from '../../docker/compose-file.ts';
import { connectEngine } from '../../docker/engine.ts';
import { EXIT, type ExitCode } from '../../failure.ts';
import type { CliIo } from '../io.ts';

export async function down(io: CliIo, file: string, options: { readonly json: boolean }): Promise<ExitCode> {
  const docker = await connectEngine(io.environment);
  const compose = await readComposeFile(resolve(io.workingDirectory, file));
  const project = await projectName(compose, io.environment);
  const kept = await composeDown(docker, { file: compose.path, project, environment: io.environment }, { volumes: true });
  for (const name of kept) io.stderr.write(`the empty network ${name} stays: this engine miscounts what is on it, until it restarts\n`);
  io.stdout.write(options.json ? `${JSON.stringify({ project, state: 'absent' })}\n` : `${project} is down\n`);
  return EXIT.passed;
}
