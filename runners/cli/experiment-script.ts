/** The script of an experiment, looked at before anything is touched. */
import { relative } from 'node:path';
import type { Experiment } from '../../experiments/language/experiment.ts';
import { EXIT, FiredrillError } from '../failure.ts';
import { describeScript } from '../load/k6/run/describe-script.ts';
import type { ScriptDescription } from '../load/k6/run/messages.ts';
import { orderOfLoad } from '../load/k6/run/script-load.ts';
import type { CliIo } from './io.ts';

/** What the script would do; undefined where there is none. Throws FiredrillError (experiment wrong) where it cannot run. */
export async function describeLoadScript(
  io: Pick<CliIo, 'workingDirectory'>,
  { script }: Experiment,
): Promise<ScriptDescription | undefined> {
  if (!script) return undefined;
  const { description, problem } = await describeScript(orderOfLoad(script, 0));
  if (problem === undefined) return description;
  throw new FiredrillError('load.script', `The script ${relative(io.workingDirectory, script.path)} cannot run: ${problem}`, {
    exitCode: EXIT.experimentWrong,
  });
}
