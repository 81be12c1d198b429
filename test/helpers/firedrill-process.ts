/** Runs the real command line in a process of its own, as a user does, and reads what it leaves. */
import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Report, reportSchema } from '../../reports/report.ts';
import type { Event } from '../../runners/journal/events.ts';
import { readJournal } from '../../runners/journal/reader.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Outcome>;
  /** Resolves with the text so far once standard output matches. Rejects when the process ends before. */
  until(pattern: RegExp): Promise<string>;
}

const scratch: string[] = [];
if (process.env['NODE_TEST_CONTEXT'] !== undefined) {
  process.once('exit', (code) => {
    if (code === 0) for (const folder of scratch) rmSync(folder, { recursive: true, force: true });
  });
}

/**
 * A folder for the runs of one test, so that `latest` is that test's own. It goes with a process whose tests all passed; after a failure, and after a
 * benchmark, it is there to be looked at.
 */
export async function scratchFolder(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `firedrill-${name}-`));
  scratch.push(folder);
  return folder;
}

/** Starts `firedrill …` in a folder. Experiment paths have to be absolute, or relative to that folder. */
export function startFiredrill(args: readonly string[], folder: string, environment: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, [join(root, 'runners/cli/firedrill.mjs'), ...args], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
    for (const watcher of watchers) watcher();
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<Outcome>((resolve) => child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr })));
  return {
    child,
    ended,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!pattern.test(stdout)) return;
          watchers.delete(look);
          resolve(stdout);
        };
        watchers.add(look);
        look();
        void ended.then((outcome) =>
          reject(new Error(`it ended (${outcome.exitCode}) before ${pattern} was seen:\n${outcome.stdout}\n${outcome.stderr}`)),
        );
      }),
  };
}

export function firedrill(args: readonly string[], folder: string, environment: Record<string, string> = {}): Promise<Outcome> {
  return startFiredrill(args, folder, environment).ended;
}

/** The report of a folder's newest run, checked against its published schema. */
export async function latestReport(folder: string): Promise<Report> {
  return reportSchema.parse(JSON.parse(await readFile(join(folder, '.firedrill/runs/latest/report.json'), 'utf8')));
}

export async function latestEvents(folder: string): Promise<readonly Event[]> {
  return (await readJournal(join(folder, '.firedrill/runs/latest/journal.ndjson'))).events;
}
