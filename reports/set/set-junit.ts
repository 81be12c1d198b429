/** JUnit's XML of a set: each comparison is a test, and each run. A run that failed as a baseline may is no failure. */
import { renderSuite, type TestCase } from '../junit-case.ts';
import type { SetComparison, SetReport, SetRunReport } from './set-report.ts';
import { measuredText, testText } from './words.ts';

function comparisonCase(comparison: SetComparison): TestCase {
  const { name, variant, baseline, state, seen, expect } = comparison;
  return {
    name: `comparison ${name}: ${variant.name} against ${baseline.name}`,
    state,
    message: `${expect}: ${seen}`,
    detail: `${measuredText(comparison)}\n${state} ${expect} – ${seen}\n${testText(comparison)}`,
  };
}

/** Told of where the set itself speaks of it. */
function runCase({ runId, variant, exitCode, why }: SetRunReport, reasons: readonly string[]): TestCase {
  const isTold = reasons.some((reason) => reason.startsWith(`Run ${runId} `));
  const state = exitCode === 1 ? 'broken' : 'unknown';
  return { name: `run ${runId} (${variant})`, state: isTold ? state : 'held', message: `exit ${exitCode}: ${why}`, detail: why };
}

/** Passes where other cases tell the whole verdict. */
function setCase({ exitCode, why }: SetReport, others: readonly TestCase[]): TestCase {
  const isTold = exitCode === 0 || (exitCode <= 2 && others.some(({ state }) => state !== 'held'));
  return { name: 'the set', state: isTold ? 'held' : 'unknown', message: `exit ${exitCode}: ${why[0] ?? ''}`, detail: why.join('\n') };
}

/** The set as one test suite. */
export function renderSetJunit(report: SetReport): string {
  const made = report.runs.filter(({ stored }) => !stored);
  const told = [...report.comparisons.map(comparisonCase), ...made.map((run) => runCase(run, report.why))];
  return renderSuite({
    title: `${report.experiment.title} (compared)`,
    id: report.setId,
    durationMs: made.reduce((sum, { durationMs }) => sum + durationMs, 0),
    startedAt: made[0]?.startedAt ?? '',
    cases: [...told, setCase(report, told)],
  });
}
