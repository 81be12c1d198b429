/**
 * A drill from file to verdict: the ground made ready and locked, the run played, the reports written. This is the one
 * place where all parts meet.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Report } from '../../reports/report.ts';
import { agentImage } from '../agent/image.ts';
import { composeSystem } from '../docker/compose-system.ts';
import { connectEngines } from '../docker/engines.ts';
import { ensureImages } from '../docker/images.ts';
import { EXIT, type ExitCode, FiredrillError } from '../failure.ts';
import type { Event, Plan } from '../journal/events.ts';
import { findLeftovers } from '../journal/leftovers.ts';
import { JOURNAL_FILE, readJournal } from '../journal/reader.ts';
import { assertRoomForJournal } from '../journal/room.ts';
import { createRunDirectory, pointLatest, runsFolder } from '../journal/run-directory.ts';
import { readConfig } from './config.ts';
import { assertNotStopped, stopFileOf, watchForStop } from './emergency-stop.ts';
import { failureWords } from './failure-words.ts';
import type { CliIo } from './io.ts';
import type { LoadedExperiment } from './load-experiment.ts';
import { playRun } from './play-run.ts';
import { exitCodeOfRun } from './run-exit.ts';
import { lockRun } from './run-locks.ts';
import { listenForStop, type StopSignals } from './stop-signals.ts';
import { assertNothingLeft } from './sweep/assert-nothing-left.ts';
import { writeReports } from './write-reports.ts';

export interface DrillOptions {
  readonly leaseMs: number;
  readonly seed?: number | undefined;
  /** Leave a system up that was brought up here. */
  readonly keep: boolean;
  /** Nothing but problems on the terminal. */
  readonly quiet: boolean;
  /** Asks before anything is touched; false ends the drill untouched. */
  readonly confirm?: ((plan: Plan) => Promise<boolean>) | undefined;
  readonly askGate?: ((question: string) => Promise<'go' | 'no-go' | 'no-answer'>) | undefined;
  /** What stops it, where it is one of several drills that are stopped together; without, it listens by itself. */
  readonly signals?: StopSignals | undefined;
}

export interface DrillResult {
  readonly exitCode: ExitCode;
  readonly report: Report;
  readonly directory: string;
}

/** Seeds drawn where none is given; small enough to be typed. */
const SEED_MAX = 1_000_000;

export function drawSeed(): number {
  return Math.floor(Math.random() * SEED_MAX);
}

/** Runs a drill. Throws FiredrillError where the ground is not fit; then nothing was touched and nothing is left. */
export async function drill(io: CliIo, loaded: LoadedExperiment, options: DrillOptions): Promise<DrillResult> {
  const engines = await connectEngines(io.environment, loaded.experiment);
  const say = (text: string) => {
    if (!options.quiet) io.stdout.write(`${text}\n`);
  };
  const system =
    loaded.composeFile === undefined || engines[0] === undefined
      ? undefined
      : await composeSystem(engines[0].docker, loaded.composeFile, { environment: io.environment, log: say });
  const root = runsFolder(io.workingDirectory);
  const stopFile = stopFileOf(io.workingDirectory, await readConfig(io.workingDirectory));
  const dockers = engines.map(({ docker }) => docker);
  await assertNotStopped({ engines: dockers, stopFile });
  for (const docker of dockers) await assertNothingLeft(docker, root);
  if (options.signals?.stopped.aborted) throw new FiredrillError('stopped', 'It was stopped before it began.', { exitCode: EXIT.stopped });
  const { id: runId, directory } = await createRunDirectory(root, new Date(), Math.random);
  const signals = options.signals ?? listenForStop(io);
  const watching = new AbortController();
  void watchForStop({ engines: dockers, stopFile, runId }, watching.signal, signals.stop);
  try {
    await assertRoomForJournal(directory);
    for (const docker of dockers) await ensureImages(docker, { recipes: [agentImage], environment: io.environment, log: say });
    const locks = await lockRun(engines, system?.project, runId);
    try {
      const seed = options.seed ?? drawSeed();
      const run = { ...options, io, engines, loaded, system, runId, directory, seed, locks, stopped: signals.stopped };
      const { failure } = await playRun(run);
      const judged = await writeReports(io, directory, { quiet: options.quiet }).catch((error: unknown) => {
        throw failure ?? error;
      });
      const unpointed = await pointLatest(root, runId).catch((error: unknown) => error);
      // It was touched and is judged: what went wrong is said beside the verdict, and does not stand in its place.
      const wrong = new Set([failure, judged.unwritten ?? unpointed]);
      for (const each of wrong) if (each !== undefined) io.stderr.write(failureWords(each).text);
      return { report: judged.report, exitCode: exitCodeOfRun(judged, failure), directory };
    } finally {
      if (!(await leftSomething(directory))) await locks.release();
    }
  } finally {
    watching.abort();
    if (!options.signals) signals.close();
    if (!(await hasPlan(directory)) && !(await leftSomething(directory))) await rm(directory, { recursive: true, force: true });
  }
}

/** With something left, the system stays locked and the journal stays: sweep needs both. */
async function leftSomething(directory: string): Promise<boolean> {
  const { faults, systems } = findLeftovers(await eventsIn(directory));
  return faults.length + systems.length > 0;
}

async function hasPlan(directory: string): Promise<boolean> {
  return (await eventsIn(directory)).some((event) => event.type === 'run.planned');
}

async function eventsIn(directory: string): Promise<readonly Event[]> {
  const read = await readJournal(join(directory, JOURNAL_FILE)).catch(() => undefined);
  return read?.events ?? [];
}
