/**
 * JUnit's XML, so that a CI shows each objective and each threshold as a test: broken is a failure, unknown an error. The
 * steady state is a test too, and so is the run itself where something else than these speaks against it.
 */
import { renderSuite, type TestCase } from './junit-case.ts';
import type { Report, ReportObjective, ReportThreshold } from './report.ts';

function objectiveCase({ name, state, clauses }: ReportObjective): TestCase {
  const telling = clauses.filter((clause) => clause.state === state);
  return {
    name: `objective ${name}`,
    state,
    message: telling.map(({ clause, seen }) => `${clause}: ${seen}`).join('; ') || 'it asks for nothing',
    detail: clauses.map((clause) => `${clause.state} ${clause.clause}: ${clause.text} – ${clause.seen}`).join('\n'),
  };
}

function thresholdCase({ text, state, seen }: ReportThreshold): TestCase {
  return { name: `threshold ${text}`, state, message: seen, detail: `${state} ${text} – ${seen}` };
}

function hypothesisCases(report: Report): TestCase[] {
  const words = { before: 'steady state before the drill', armed: 'steady state after arming', after: 'steady state after the drill' };
  return (['before', 'armed', 'after'] as const).flatMap((when) => {
    const judged = report.hypothesis.findLast((each) => each.when === when);
    if (!judged) return [];
    const lines = judged.parts.map(({ text, state, seen }) => `${state} ${text} – ${seen}`);
    return [{ name: words[when], state: judged.state, message: `the steady state is ${judged.state}`, detail: lines.join('\n') }];
  });
}

/** Passes where the verdict is fully told by the other cases, so that a broken objective counts once. */
function runCase(report: Report, others: readonly TestCase[]): TestCase {
  const isTold = report.exitCode === 0 || (report.exitCode <= 2 && others.some(({ state }) => state !== 'held'));
  const message = report.why[0] ?? '';
  return {
    name: 'the run',
    state: isTold ? 'held' : 'unknown',
    message: `exit ${report.exitCode}: ${message}`,
    detail: report.why.join('\n'),
  };
}

/** The report as one test suite. */
export function renderJunit(report: Report): string {
  const told = [...hypothesisCases(report), ...report.objectives.map(objectiveCase), ...(report.thresholds ?? []).map(thresholdCase)];
  const cases = [...told, runCase(report, told)];
  const title = report.variant ? `${report.experiment.title} (${report.variant})` : report.experiment.title;
  return renderSuite({ title, id: report.runId, durationMs: report.durationMs, startedAt: report.startedAt, cases });
}
