/** Reads and parses an experiment file; what is wrong with it goes to standard error, all of it at once. */
import { readFile, stat } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import type { Experiment } from '../../experiments/language/experiment.ts';
import { type ParseResult, parseExperiment } from '../../experiments/language/parse.ts';
import { formatProblems } from '../../experiments/language/problems.ts';
import { EXIT, FiredrillError } from '../failure.ts';
import type { ScriptDescription } from '../load/k6/run/messages.ts';
import { experimentFiles } from './experiment-files.ts';
import { describeLoadScript } from './experiment-script.ts';
import type { CliIo } from './io.ts';
import { kinds } from './kinds.ts';

export interface LoadedExperiment {
  readonly experiment: Experiment;
  readonly source: string;
  /** Relative to the working directory, as messages name it. */
  readonly file: string;
  /** Absolute path of the folder that it lies in. */
  readonly folder: string;
  /** Absolute path of the Compose file of its system. */
  readonly composeFile: string | undefined;
  readonly variant: string | undefined;
  /** What its script would do, where its load has one. */
  readonly script?: ScriptDescription | undefined;
  /** Values that must be written nowhere. */
  readonly secrets: readonly string[];
}

/** A larger file than this is not an experiment. */
const SIZE_MAX_BYTES = 4 * 1024 * 1024;

/** Reads the file's text. Throws FiredrillError (command line wrong) where there is none. */
export async function readExperimentSource(io: CliIo, file: string): Promise<string> {
  const path = resolve(io.workingDirectory, file);
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) {
    throw new FiredrillError('file-missing', `There is no experiment file at ${file}.`, {
      hint: 'See the library with: firedrill list',
      exitCode: EXIT.usageWrong,
    });
  }
  if (found.size > SIZE_MAX_BYTES) {
    throw new FiredrillError('file-too-large', `${file} has ${found.size} bytes; an experiment has at most ${SIZE_MAX_BYTES}.`, {
      exitCode: EXIT.experimentWrong,
    });
  }
  return readFile(path, 'utf8');
}

/** Parses one file for one variant. */
export async function parseFile(io: CliIo, file: string, variant?: string): Promise<ParseResult & { source: string }> {
  const source = await readExperimentSource(io, file);
  const path = resolve(io.workingDirectory, file);
  const shown = relative(io.workingDirectory, path) || file;
  const files = experimentFiles(dirname(path));
  return { ...parseExperiment(source, { file: shown, kinds, environment: io.environment, variant, files }), source };
}

/** The experiment, or undefined when it has problems, which are then on standard error. */
export async function loadExperiment(io: CliIo, file: string, variant?: string): Promise<LoadedExperiment | undefined> {
  const parsed = await parseFile(io, file, variant);
  if (!parsed.ok) {
    io.stderr.write(`${formatProblems(parsed.problems)}\n`);
    return undefined;
  }
  const script = await describeLoadScript(io, parsed.experiment);
  const path = resolve(io.workingDirectory, file);
  const compose = parsed.experiment.system?.compose;
  return {
    experiment: parsed.experiment,
    source: parsed.source,
    file: relative(io.workingDirectory, path),
    folder: dirname(path),
    composeFile: compose === undefined ? undefined : resolve(dirname(path), compose),
    variant,
    secrets: parsed.secrets,
    script,
  };
}
