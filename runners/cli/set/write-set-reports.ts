/** From a set's folder to its verdict: reads the journals of its runs, judges across them, and writes the set's reports beside its record. */
import { writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import type { Comparison } from '../../../experiments/language/experiment.ts';
import { PLAIN } from '../../../experiments/language/experiment.ts';
import { comparisonsOf } from '../../../reports/set/comparisons-of.ts';
import { judgeSet } from '../../../reports/set/judge-set.ts';
import { type RecordedRun, recordRun } from '../../../reports/set/recorded-run.ts';
import { renderSetHtml } from '../../../reports/set/set-html.ts';
import { renderSetJunit } from '../../../reports/set/set-junit.ts';
import { renderSetJson, type SetReport } from '../../../reports/set/set-report.ts';
import { renderSetSummary } from '../../../reports/set/set-summary.ts';
import { renderSetVerdict } from '../../../reports/terminal/set-verdict.ts';
import { EXIT, type ExitCode } from '../../failure.ts';
import { type CliIo, wantsColor } from '../io.ts';
import { readPlannedRun } from '../write-reports.ts';
import type { SetRecord } from './set-record.ts';

const FORMATS: Readonly<Record<string, (report: SetReport) => string>> = {
  'report.html': renderSetHtml,
  'report.json': renderSetJson,
  'junit.xml': renderSetJunit,
  'summary.md': renderSetSummary,
};

export interface JudgedSet {
  readonly exitCode: ExitCode;
  readonly report: SetReport;
}

async function recordedRun(
  directory: string,
  run: { readonly directory: string; readonly exitCode?: number; readonly stored: boolean },
  comparisons: Readonly<Record<string, Comparison>>,
): Promise<RecordedRun> {
  const { events, planned } = await readPlannedRun(resolve(directory, run.directory));
  const { stored, exitCode } = run;
  const facts = { variant: planned.plan.variant ?? PLAIN, link: `${run.directory}/report.html`, stored, exitCode, comparisons };
  return recordRun(events, planned.experiment, facts);
}

async function judgeRecord(directory: string, record: SetRecord): Promise<SetReport> {
  const [first] = record.runs;
  if (!first) throw new Error('a set begins with a run');
  const { planned } = await readPlannedRun(resolve(directory, first.directory));
  const comparisons = comparisonsOf(planned.experiment, record.stored.length > 0);
  const all = [
    ...record.runs.map((run) => ({ ...run, stored: false })),
    ...record.stored.map((stored) => ({ directory: stored, stored: true })),
  ];
  const runs: RecordedRun[] = [];
  for (const run of all) runs.push(await recordedRun(directory, run, comparisons));
  return judgeSet({ setId: record.setId, seed: record.seed, comparisons, runs, missing: record.missing });
}

/** Judges a set and writes its reports. Throws FiredrillError where a run of it cannot be read any more. */
export async function writeSetReports(
  io: CliIo,
  directory: string,
  record: SetRecord,
  { quiet }: { readonly quiet: boolean },
): Promise<JudgedSet> {
  const report = await judgeRecord(directory, record);
  for (const [name, render] of Object.entries(FORMATS)) await writeFile(join(directory, name), render(report));
  if (quiet) io.stdout.write(renderSetJson(report));
  else {
    const paths = Object.keys(FORMATS).map((name) => relative(io.workingDirectory, join(directory, name)));
    io.stdout.write(`${renderSetVerdict(report, { color: wantsColor(io), columns: io.stdout.columns ?? 100, paths })}\n`);
  }
  return { report, exitCode: Object.values(EXIT).find((code) => code === report.exitCode) ?? EXIT.bug };
}
