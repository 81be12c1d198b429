/**
 * Reads journals. A run may have died at any instant, so a cut-off last line is no problem; a line that makes no sense is
 * reported with its number and skipped, and never hides the rest.
 */
import { open, readdir, readFile, readlink, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Evidence } from '../../probes/slo/evidence.ts';
import { EXIT, FiredrillError } from '../failure.ts';
import { isEvent, shapeProblem } from './event-shape.ts';
import type { Event } from './events.ts';

/** The journal's file in a run's folder. */
export const JOURNAL_FILE = 'journal.ndjson';
/** The link beside the runs that points at the newest. */
export const LATEST = 'latest';

export interface JournalProblem {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

export interface JournalRead {
  /** In the order of the file. */
  readonly events: readonly Event[];
  /** The last line was not written to its end. */
  readonly cutOff: boolean;
  readonly problems: readonly JournalProblem[];
}

export interface Run {
  readonly id: string;
  readonly directory: string;
  /** Path of its journal. */
  readonly journal: string;
}

function parseLine(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** Events, problems and the cut-off end of a journal's text. */
export function parseJournal(text: string): JournalRead {
  const lines = text.split('\n');
  const events: Event[] = [];
  const problems: JournalProblem[] = [];
  const lastLine = lines.findLastIndex((line) => line !== '');
  let cutOff = false;
  for (const [index, line] of lines.entries()) {
    if (line === '') continue;
    const parsed = parseLine(line);
    if (!parsed && index === lastLine) cutOff = true;
    else if (!parsed) problems.push({ line: index + 1, message: 'is not JSON' });
    else if (isEvent(parsed.value)) events.push(parsed.value);
    else problems.push({ line: index + 1, message: shapeProblem(parsed.value) ?? 'is no event' });
  }
  return { events, cutOff, problems };
}

/** Reads a journal by its path. Throws FiredrillError `journal-missing` or `journal-unreadable`. */
export async function readJournal(path: string): Promise<JournalRead> {
  try {
    return parseJournal(await readFile(path, 'utf8'));
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw new FiredrillError(missing ? 'journal-missing' : 'journal-unreadable', `no journal can be read at ${path}`, {
      hint: missing ? "Give the path of a run's journal.ndjson; runs are kept in .firedrill/runs." : 'Check who may read the file.',
      exitCode: EXIT.usageWrong,
      cause,
    });
  }
}

/** All runs under the folder of runs (`.firedrill/runs`), oldest first; empty where there is no such folder. */
export async function findRuns(root: string): Promise<readonly Run[]> {
  const names = await readdir(root).catch(() => []);
  const runs = names.filter((name) => name !== LATEST && !name.startsWith('.')).map((id) => toRun(root, id));
  const real = await Promise.all(runs.map(hasJournal));
  return runs.filter((_, index) => real[index]).sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** More than the last event of a journal that was ended in order. */
const TAIL_BYTES = 4096;

/** Runs whose journal does not end in order: their runner is at work, or dead. Cheap: only the end of each file is read. */
export async function findUnendedRuns(root: string): Promise<readonly Run[]> {
  const runs = await findRuns(root);
  const ended = await Promise.all(runs.map(async (run) => (await tailOf(run.journal)).includes('"type":"run.ended"')));
  return runs.filter((_, index) => !ended[index]);
}

async function tailOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(TAIL_BYTES), position: Math.max(0, size - TAIL_BYTES) });
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The run that `latest` points at, or the newest by its id where the link is missing or points nowhere. */
export async function latestRun(root: string): Promise<Run | undefined> {
  const linked = await readlink(join(root, LATEST)).catch(() => undefined);
  const run = linked === undefined ? undefined : toRun(root, basename(linked));
  return run && (await hasJournal(run)) ? run : (await findRuns(root)).at(-1);
}

function toRun(root: string, id: string): Run {
  return { id, directory: join(root, id), journal: join(root, id, JOURNAL_FILE) };
}

async function hasJournal(run: Run): Promise<boolean> {
  return stat(run.journal).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** Adds to the evidence what an event says that conditions are judged on; live and afterwards alike. */
export function addToEvidence(evidence: Evidence, event: Event): void {
  evidence.growTo(event.atMs);
  if (event.type === 'load.series') evidence.addSeries(event.series);
  else if (event.type === 'load.metric') evidence.addMetric(event.metric);
  else if (event.type === 'load.frame') evidence.addCells(event.cells);
  else if (event.type === 'probe.reading') evidence.addReading(event);
  else if (event.type === 'fault.in-effect') evidence.addFacts(event.fault, event.facts);
}
