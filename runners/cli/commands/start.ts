/** `firedrill start`, behind `npm start`: sets up, brings up the reference system, and runs the first drill against it. */
import { join, relative } from 'node:path';
import { EXIT, type ExitCode } from '../../failure.ts';
import { drill } from '../drill.ts';
import type { CliIo } from '../io.ts';
import { loadExperiment } from '../load-experiment.ts';
import { ensureBrowserHere } from '../set-up/browser.ts';
import { prepareGround } from '../set-up/ground.ts';
import { packageFolder } from '../version.ts';
import { LEASE_MS } from './run.ts';

const FIRST_DRILL = join(packageFolder(), 'experiments', 'region-blackout.yaml');

export async function start(io: CliIo, options: { readonly yes: boolean }): Promise<ExitCode> {
  const say = (text: string) => void io.stdout.write(`${text}\n`);
  await prepareGround({ environment: io.environment, yes: options.yes, ask: io.ask, log: say });
  const loaded = await loadExperiment(io, relative(io.workingDirectory, FIRST_DRILL));
  if (!loaded) return EXIT.experimentWrong;
  await ensureBrowserHere(io, loaded.experiment, { yes: options.yes, log: say });
  const { exitCode } = await drill(io, loaded, { leaseMs: LEASE_MS, keep: true, quiet: false });
  say(
    `\nThe reference system stays up, at http://127.0.0.1:8080/; take it down with:\n  npx firedrill down ${relative(io.workingDirectory, loaded.composeFile ?? '')}`,
  );
  return exitCode;
}
