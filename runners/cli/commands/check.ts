/** `firedrill check`: reads experiment files and says everything that is wrong with them. Touches nothing. */
import { formatProblems } from '../../../experiments/language/problems.ts';
import { EXIT, type ExitCode } from '../../failure.ts';
import { describeLoadScript } from '../experiment-script.ts';
import type { CliIo } from '../io.ts';
import { parseFile } from '../load-experiment.ts';

export interface CheckOptions {
  readonly json: boolean;
  readonly variant?: string | undefined;
}

export async function check(io: CliIo, files: readonly string[], options: CheckOptions): Promise<ExitCode> {
  const results = await Promise.all(files.map(async (file) => ({ file, parsed: await checkAllVariants(io, file, options.variant) })));
  const problems = results.flatMap(({ parsed }) => parsed);
  if (options.json) {
    io.stdout.write(`${JSON.stringify({ files: files.length, problems }, undefined, 2)}\n`);
  } else if (problems.length > 0) {
    io.stderr.write(`${formatProblems(problems)}\n`);
  }
  if (problems.length > 0) return EXIT.experimentWrong;
  if (!options.json) for (const file of files) io.stdout.write(`${file}: no problems\n`);
  return EXIT.passed;
}

/** A file is right when it is right as it stands and under each of its variants; the first that is wrong speaks for it. */
async function checkAllVariants(io: CliIo, file: string, variant: string | undefined) {
  const plain = await parseFile(io, file, variant);
  if (!plain.ok) return plain.problems;
  await describeLoadScript(io, plain.experiment);
  if (variant !== undefined) return [];
  for (const name of Object.keys(plain.experiment.variants)) {
    const parsed = await parseFile(io, file, name);
    if (!parsed.ok) return parsed.problems;
  }
  return [];
}
