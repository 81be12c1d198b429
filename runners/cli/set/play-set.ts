/**
 * A set of runs: each its own drill with its own journal, one after the other, judged across at the end. What stops one ends the set; whatever was run until then is judged.
 */
import { relative } from 'node:path';
import { EXIT, type ExitCode } from '../../failure.ts';
import { createRunDirectory } from '../../journal/run-directory.ts';
import type { DrillOptions, DrillResult } from '../drill.ts';
import { failureWords } from '../failure-words.ts';
import type { CliIo } from '../io.ts';
import type { LoadedExperiment } from '../load-experiment.ts';
import { listenForStop } from '../stop-signals.ts';
import { type SetRecord, setsFolder, writeSetRecord } from './set-record.ts';
import { writeSetReports } from './write-set-reports.ts';

/** Plays one run; a drill, or what stands for one. */
export type PlayRun = (io: CliIo, loaded: LoadedExperiment, options: DrillOptions) => Promise<DrillResult>;

export interface SetOptions extends DrillOptions {
  readonly seed: number;
  /** The variant of each run, in order. */
  readonly order: readonly string[];
  /** By the variant's name. */
  readonly loaded: ReadonlyMap<string, LoadedExperiment>;
  /** Absolute directories of the stored runs to compare with. */
  readonly stored: readonly string[];
}

/** Exit codes of a run after which the next one begins: it was put back, and nobody stopped it. */
const GOES_ON: ReadonlySet<number> = new Set([EXIT.passed, EXIT.failed, EXIT.inconclusive]);

/** Plays a set. Throws what the first run throws; then there is no set. */
export async function playSet(io: CliIo, options: SetOptions, play: PlayRun): Promise<ExitCode> {
  const { order, loaded, quiet } = options;
  const [file] = [...loaded.values()].map((each) => each.file);
  const signals = listenForStop(io);
  let place: { id: string; directory: string } | undefined;
  let record: SetRecord = { format: 'firedrill-set-record/1', setId: '', file: file ?? '', seed: options.seed, runs: [], stored: [] };
  try {
    for (const [index, variant] of order.entries()) {
      const experiment = loaded.get(variant);
      if (!experiment) throw new Error(`the variant ${variant} was not loaded`);
      if (!quiet) io.stdout.write(`\nRun ${index + 1} of ${order.length}: ${variant}\n`);
      const confirm = index === 0 ? options.confirm : undefined;
      const played = await attempt(() => play(io, experiment, { ...options, confirm, signals }), index === 0);
      if ('error' in played) {
        const { text, exitCode } = failureWords(played.error);
        io.stderr.write(text);
        const kind = exitCode === EXIT.stopped ? ('stopped' as const) : ('inconclusive' as const);
        record = {
          ...record,
          missing: { kind, text: `Run ${index + 1} of ${order.length} (${variant}) was not made: ${firstLine(text)}` },
        };
        break;
      }
      place ??= await makePlace(io.workingDirectory);
      const { directory, id } = place;
      record = {
        ...record,
        setId: id,
        stored: options.stored.map((each) => relative(directory, each)),
        runs: [...record.runs, { variant, directory: relative(directory, played.directory), exitCode: played.exitCode }],
      };
      const left = order.length - index - 1;
      const stops = !GOES_ON.has(played.exitCode) || signals.stopped.aborted;
      if (stops && left > 0) record = { ...record, missing: missingAfter(played.exitCode, left) };
      await writeSetRecord(directory, record);
      if (stops) break;
    }
    if (!place) throw new Error('a set needs a run');
    await writeSetRecord(place.directory, record);
    return (await writeSetReports(io, place.directory, record, { quiet })).exitCode;
  } finally {
    signals.close();
  }
}

function missingAfter(exitCode: ExitCode, left: number): NonNullable<SetRecord['missing']> {
  const kind = exitCode === EXIT.stopped || GOES_ON.has(exitCode) ? 'stopped' : 'inconclusive';
  return { kind, text: `${left} more run${left === 1 ? ' was' : 's were'} asked for and not made.` };
}

async function attempt(play: () => Promise<DrillResult>, isFirst: boolean): Promise<DrillResult | { readonly error: unknown }> {
  try {
    return await play();
  } catch (error) {
    if (isFirst) throw error;
    return { error };
  }
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').replace(/^firedrill: /, '');
}

async function makePlace(workingDirectory: string): Promise<{ id: string; directory: string }> {
  return createRunDirectory(setsFolder(workingDirectory), new Date(), Math.random);
}
