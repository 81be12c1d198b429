/** A browser for the experiments that look through one; all others need none, and nothing is looked for. */
import type { Experiment } from '../../../experiments/language/experiment.ts';
import { findChromium } from '../../../probes/browser/chromium.ts';
import type { CliIo } from '../io.ts';
import { type Consent, consentFor } from './debian.ts';
import { type Machine, thisMachine } from './machine.ts';
import { ensureTool } from './tools.ts';

export interface BrowserNeed {
  readonly machine: Machine;
  readonly consent: Consent;
  /** The path of a browser that is there, Playwright's own too. */
  readonly find?: () => Promise<string | undefined>;
}

/** Installs Chromium where a probe of the experiment needs one and there is none. Throws FiredrillError (exit 7), saying what to type. */
export async function ensureBrowser(experiment: Experiment, { machine, consent, find = findChromium }: BrowserNeed): Promise<void> {
  if (!experiment.probes.some(({ probe }) => probe === 'browser')) return;
  if ((await find()) === undefined) await ensureTool(machine, 'chromium', consent);
}

/** The same on this machine, asking and telling as the command line does; `log` hears what is installed. */
export function ensureBrowserHere(
  io: CliIo,
  experiment: Experiment,
  options: { readonly yes: boolean; readonly log: (line: string) => void },
): Promise<void> {
  const consent = consentFor({ yes: options.yes, environment: io.environment, ask: io.ask, log: options.log });
  return ensureBrowser(experiment, { machine: thisMachine(io.environment), consent });
}
