/** Everything that a run needs under its feet, in one call: engine, Compose, base image. Quick where it is all there. */
import type Docker from 'dockerode';
import type { Environment } from '../../docker/address.ts';
import { ensureBase } from '../../docker/base-image.ts';
import { consentFor } from './debian.ts';
import { ensureCompose, ensureEngine } from './engine.ts';
import { thisMachine } from './machine.ts';
import { ensureTool } from './tools.ts';

export interface GroundOptions {
  readonly environment: Environment;
  /** Install without asking. */
  readonly yes: boolean;
  /** Present where a person can answer. */
  readonly ask?: ((question: string) => Promise<string>) | undefined;
  readonly log: (line: string) => void;
}

/** Returns the connected engine. Asks before it installs anything, where somebody can answer. Throws FiredrillError (exit 7), saying what to type. */
export async function prepareGround(options: GroundOptions): Promise<Docker> {
  const machine = thisMachine(options.environment);
  const consent = consentFor(options);
  const docker = await ensureEngine(machine, consent);
  await ensureCompose(machine, consent);
  await ensureBase(docker, {
    log: options.log,
    installTool: async (tool) => {
      await ensureTool(machine, tool, consent);
    },
  });
  return docker;
}
