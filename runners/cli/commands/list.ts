/** `firedrill list`: the faults, probes and executors there are, and the experiments of a folder. */
import { readdir } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { EXIT, type ExitCode } from '../../failure.ts';
import type { CliIo } from '../io.ts';
import { kinds } from '../kinds.ts';
import { parseFile } from '../load-experiment.ts';

export interface ListOptions {
  readonly json: boolean;
  /** Folder of experiments. */
  readonly folder: string;
}

export async function list(io: CliIo, options: ListOptions): Promise<ExitCode> {
  const experiments = await experimentsOf(io, options.folder);
  const families = { faults: kinds.faults, probes: kinds.probes, executors: kinds.executors };
  if (options.json) {
    const named = Object.entries(families).map(([family, each]) => [family, each.map(({ name, summary }) => ({ name, summary }))]);
    io.stdout.write(`${JSON.stringify({ ...Object.fromEntries(named), experiments }, undefined, 2)}\n`);
    return EXIT.passed;
  }
  for (const [family, members] of Object.entries(families)) {
    io.stdout.write(
      section(
        family,
        members.map(({ name, summary }) => [name, summary]),
      ),
    );
  }
  io.stdout.write(
    section(
      'experiments',
      experiments.map((each) => [each.file, each.title + (each.variants.length > 0 ? `  (variants: ${each.variants.join(', ')})` : '')]),
    ),
  );
  return EXIT.passed;
}

async function experimentsOf(io: CliIo, folder: string) {
  const path = resolve(io.workingDirectory, folder);
  const names = (await readdir(path).catch(() => [])).filter((name) => /\.ya?ml$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const file = relative(io.workingDirectory, join(path, name));
      const parsed = await parseFile(io, file);
      if (!parsed.ok) return { file, title: `wrong: see firedrill check ${file}`, variants: [] as readonly string[] };
      return { file, title: parsed.experiment.title, variants: Object.keys(parsed.experiment.variants) };
    }),
  );
}

function section(title: string, rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return `${title}\n${rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}\n`).join('')}\n`;
}
