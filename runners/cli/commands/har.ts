/** `firedrill har`: makes an experiment of a recorded session. Prints it; what a person should know goes to standard error. */
import { resolve } from 'node:path';
import { EXIT, type ExitCode, FiredrillError } from '../../failure.ts';
import { experimentOfHar, type HarOptions } from '../../load/har/experiment-of-har.ts';
import { readLimited } from '../../load/requests/data-files.ts';
import type { CliIo } from '../io.ts';

/** A larger recording than this is not one session. */
const HAR_BYTES_MAX = 256 * 1024 * 1024;

/** Throws FiredrillError where the file cannot be read or is no HAR. */
export async function har(io: CliIo, file: string, options: HarOptions): Promise<ExitCode> {
  const content = readLimited(resolve(io.workingDirectory, file), HAR_BYTES_MAX, file);
  if (!content.ok) throw new FiredrillError('har', content.message, { hint: 'name a HAR file', exitCode: EXIT.usageWrong });
  const { yaml, notes } = experimentOfHar(new TextDecoder().decode(content.bytes), options);
  io.stdout.write(yaml);
  for (const note of notes) io.stderr.write(`${note}\n`);
  return EXIT.passed;
}
