/**
 * JUnit's XML, so that a CI shows each objective and each threshold as a test: broken is a failure, unknown an error. The
 * steady state is a test too, and so is the run itself where something else than these speaks against it.
 */
import type { Report, ReportObjective, ReportThreshold } from './report.ts';

interface TestCase {
  readonly name: string;
  readonly state: 'held' | 'broken' | 'unknown';
  /** One line. */
  readonly message: string;
  readonly detail: string;
}

/** Characters that XML cannot hold at all are dropped; the five that mean something are escaped. */
function escapeXml(text: string): string {
  const allowed = [...text].filter((character) => (character.codePointAt(0) ?? 0) >= 0x20 || '\t\n\r'.includes(character)).join('');
  return allowed
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;');
}

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

function renderCase({ name, state, message, detail }: TestCase, className: string): string {
  const head = `    <testcase classname="${escapeXml(className)}" name="${escapeXml(name)}" time="0"`;
  if (state === 'held') return `${head}/>`;
  const element = state === 'broken' ? 'failure' : 'error';
  return `${head}>\n      <${element} message="${escapeXml(message)}">${escapeXml(detail)}</${element}>\n    </testcase>`;
}

/** The report as one test suite. */
export function renderJunit(report: Report): string {
  const told = [...hypothesisCases(report), ...report.objectives.map(objectiveCase), ...(report.thresholds ?? []).map(thresholdCase)];
  const cases = [...told, runCase(report, told)];
  const title = report.variant ? `${report.experiment.title} (${report.variant})` : report.experiment.title;
  const counts = [
    `tests="${cases.length}"`,
    `failures="${cases.filter(({ state }) => state === 'broken').length}"`,
    `errors="${cases.filter(({ state }) => state === 'unknown').length}"`,
    `time="${(report.durationMs / 1000).toFixed(3)}"`,
  ].join(' ');
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="firedrill" ${counts}>`,
    `  <testsuite name="${escapeXml(title)}" ${counts} timestamp="${escapeXml(report.startedAt)}" id="${escapeXml(report.runId)}">`,
    ...cases.map((each) => renderCase(each, title)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}
