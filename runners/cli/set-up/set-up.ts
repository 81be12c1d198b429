/** Everything that a run needs under its feet, in one call: engine, Compose, base image. Quick where it is all there. */
import type Docker from 'dockerode';
import { ensureBase } from '../../docker/base-image.ts';
import type { CliIo } from '../io.ts';
import { type Consent, consentFor } from './debian.ts';
import { ensureCompose, ensureEngine } from './engine.ts';
import { type Machine, thisMachine } from './machine.ts';
import { ensureTool } from './tools.ts';

export interface SetUpOptions {
  readonly yes: boolean;
  readonly say: (line: string) => void;
}

/** Returns the connected engine. Asks before it installs anything, where somebody can answer. Throws FiredrillError (exit 7), saying what to type. */
export async function setUp(io: Pick<CliIo, 'environment' | 'ask'>, { yes, say }: SetUpOptions): Promise<Docker> {
  const consent = consentFor({ yes, environment: io.environment, ask: io.ask, log: say });
  return prepareGround(thisMachine(io.environment), consent);
}

/** The same for a machine and a consent that the caller has. */
export async function prepareGround(machine: Machine, consent: Consent): Promise<Docker> {
  const docker = await ensureEngine(machine, consent);
  await ensureCompose(machine, consent);
  await ensureBase(docker, {
    log: consent.log,
    installTool: async (tool) => {
      await ensureTool(machine, tool, consent);
    },
  });
  return docker;
}
