/** One file of a script and all that it imports, by esbuild: TypeScript and JSON included, k6's modules left open. */
import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { type BuildFailure, build, type Message, type PartialMessage, type Plugin } from 'esbuild';
import { formatProblems, type Problem } from '../../../../experiments/language/problems.ts';
import { EXIT, FiredrillError } from '../../../failure.ts';
import { isK6Module } from '../surface.ts';

export interface Bundle {
  /** The script as the author named it. */
  readonly entry: string;
  readonly code: string;
  /** A source map in JSON; its sources are relative to the entry's folder. */
  readonly map: string;
  /** The entry is CommonJS: its one export is the object of all. */
  readonly commonJs: boolean;
  /** Files that went in, absolute. */
  readonly files: readonly string[];
}

/** The bundle's own name; it exists only in the source map. */
const OUTPUT = 'firedrill-script.js';

/** Throws `script-missing` or `script-wrong`, with every problem's file, line and caret in its message. */
export async function bundleScript(entry: string): Promise<Bundle> {
  const path = resolve(entry);
  const folder = dirname(path);
  await readFile(path).catch((cause: unknown) => {
    throw new FiredrillError('script-missing', `The script ${entry} cannot be read.`, {
      hint: `Look whether there is such a file: ls ${dirname(entry)}`,
      exitCode: EXIT.experimentWrong,
      cause,
    });
  });
  const result = await build({
    entryPoints: [path],
    outfile: join(folder, OUTPUT),
    absWorkingDir: folder,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'esnext',
    // Written out, a chain keeps its short cut when a call inside it is awaited.
    supported: { 'optional-chain': false },
    charset: 'utf8',
    legalComments: 'none',
    sourcemap: 'external',
    sourcesContent: true,
    metafile: true,
    write: false,
    logLevel: 'silent',
    plugins: [k6Imports],
  }).catch((cause: unknown) => {
    throw isBuildFailure(cause) ? scriptWrong(entry, cause.errors) : cause;
  });
  const text = (ending: string): string => result.outputFiles.find((file) => file.path.endsWith(ending))?.text ?? '';
  return {
    entry,
    code: text('.js'),
    map: text('.js.map'),
    commonJs: result.metafile.inputs[basename(path)]?.format === 'cjs',
    files: Object.keys(result.metafile.inputs).map((input) => resolve(folder, input)),
  };
}

/** Leaves k6's modules open, and refuses what a script cannot import. */
const k6Imports: Plugin = {
  name: 'k6-imports',
  setup(esbuild) {
    esbuild.onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
      if (kind === 'entry-point') return undefined;
      if (isK6Module(path)) return { path, external: true };
      const refused = refusal(path);
      return refused === undefined ? undefined : { errors: [refused] };
    });
  },
};

/** A message of esbuild's; our hints are its notes. */
function refusal(path: string): PartialMessage | undefined {
  if (/^https?:\/\//.test(path)) {
    const file = new URL(path).pathname.split('/').at(-1) || 'module.js';
    const note = `Save the file beside the script and import that: './${file}'. Nothing is downloaded while a drill runs.`;
    return { text: `'${path}' is not fetched: modules come from files.`, notes: [{ text: note }] };
  }
  if (isBuiltin(path)) {
    const note = 'A script runs in what k6 gives it: the modules of k6, open() for files, __ENV for the environment.';
    return { text: `'${path}' is a module of Node, which k6 does not have.`, notes: [{ text: note }] };
  }
  return undefined;
}

function isBuildFailure(cause: unknown): cause is BuildFailure {
  return cause instanceof Error && 'errors' in cause && Array.isArray(cause.errors);
}

function scriptWrong(entry: string, messages: readonly Message[]): FiredrillError {
  const problems = messages.map((message) => problemOf(entry, message));
  return new FiredrillError('script-wrong', formatProblems(problems), { exitCode: EXIT.experimentWrong });
}

/** esbuild counts columns and lengths in bytes. */
function problemOf(entry: string, { text, location, notes }: Message): Problem {
  const line = Buffer.from(location?.lineText ?? '');
  const before = line.subarray(0, location?.column ?? 0).toString();
  const marked = line.subarray(location?.column ?? 0, (location?.column ?? 0) + (location?.length ?? 0)).toString();
  return {
    code: 'script-wrong',
    message: text,
    hint: hintOf(text, notes[0]?.text),
    file: location === null ? entry : join(dirname(entry), location.file),
    line: location?.line ?? 1,
    column: before.length + 1,
    length: marked.length,
    sourceLine: location?.lineText ?? '',
  };
}

function hintOf(text: string, note: string | undefined): string | undefined {
  const missing = /^Could not resolve "(?<path>[^"]+)"/.exec(text)?.groups?.['path'];
  if (missing?.startsWith('.')) return 'Paths start at the file that imports them; look at the name, and its ending.';
  if (missing !== undefined) return `There is no package '${missing}' here; a file of one's own starts with './'.`;
  if (text.startsWith('No loader is configured')) return "Code, TypeScript and JSON can be imported; read anything else with open('…').";
  return note;
}
