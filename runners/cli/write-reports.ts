/** From a run's folder to its verdict: reads the journal, judges it, writes every report beside it, and says what came out. */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { renderHtml } from '../../reports/html/render-html.ts';
import type { Pictures } from '../../reports/html/sections/screenshots.ts';
import { renderJson } from '../../reports/json.ts';
import { renderJunit } from '../../reports/junit.ts';
import type { Report } from '../../reports/report.ts';
import { renderSummary } from '../../reports/summary.ts';
import { renderVerdict } from '../../reports/terminal/verdict.ts';
import { judgeRun } from '../../reports/verdict.ts';
import { EXIT, type ExitCode, FiredrillError } from '../failure.ts';
import type { Event, EventOf } from '../journal/events.ts';
import { JOURNAL_FILE, readJournal } from '../journal/reader.ts';
import { SCREENSHOT_BYTES_MAX, SCREENSHOT_PATH } from '../runbook/screenshots.ts';
import { type CliIo, wantsColor } from './io.ts';

export interface WriteOptions {
  readonly quiet: boolean;
}

const FORMATS: Readonly<Record<string, (report: Report, pictures: Pictures) => string>> = {
  'report.html': renderHtml,
  'report.json': renderJson,
  'junit.xml': renderJunit,
  'summary.md': renderSummary,
};

export interface Judged {
  readonly exitCode: ExitCode;
  readonly report: Report;
  /** Why the reports, or some of them, could not be written; undefined where they were. */
  readonly unwritten: unknown;
}

/** Judges the journal of a run and writes its reports. Throws FiredrillError where the folder holds no run. */
export async function writeReports(io: CliIo, directory: string, { quiet }: WriteOptions): Promise<Judged> {
  const report = await judgeDirectory(directory);
  const pictures = await picturesOf(report, directory);
  const written: string[] = [];
  let unwritten: unknown;
  for (const [name, render] of Object.entries(FORMATS)) {
    const path = join(directory, name);
    await writeFile(path, render(report, pictures)).then(
      () => written.push(path),
      (error: unknown) => {
        unwritten ??= error;
      },
    );
  }
  if (!quiet) {
    const paths = written.map((path) => relative(io.workingDirectory, path));
    io.stdout.write(`${renderVerdict(report, { color: wantsColor(io), columns: io.stdout.columns ?? 100, paths })}\n`);
  }
  return { exitCode: exitCodeOf(report), report, unwritten };
}

/** The events of a run that came as far as its plan. Throws FiredrillError where the folder holds none. */
export async function readPlannedRun(directory: string): Promise<{ events: readonly Event[]; planned: EventOf<'run.planned'> }> {
  const { events } = await readJournal(join(directory, JOURNAL_FILE));
  const planned = events.find((event) => event.type === 'run.planned');
  if (planned) return { events, planned };
  throw new FiredrillError('run-without-plan', `The run in ${directory} ended before it had a plan; there is nothing to judge.`, {
    hint: 'See what happened in its journal.ndjson.',
    exitCode: EXIT.usageWrong,
  });
}

/** The report of a run, from its journal alone. */
async function judgeDirectory(directory: string): Promise<Report> {
  const { events, planned } = await readPlannedRun(directory);
  return judgeRun(events, planned.experiment);
}

/** The screenshots that the journal names and the folder still has. A journal may come from anywhere, so no other file is read. */
async function picturesOf({ screenshots = [] }: Report, directory: string): Promise<Pictures> {
  const pictures = new Map<string, Uint8Array>();
  for (const { file } of screenshots.filter((each) => SCREENSHOT_PATH.test(each.file))) {
    const path = join(directory, file);
    const found = await stat(path).catch(() => undefined);
    if (!found?.isFile() || found.size > SCREENSHOT_BYTES_MAX) continue;
    const picture = await readFile(path).catch(() => undefined);
    if (picture) pictures.set(file, picture);
  }
  return pictures;
}

function exitCodeOf(report: Report): ExitCode {
  return Object.values(EXIT).find((code) => code === report.exitCode) ?? EXIT.bug;
}
