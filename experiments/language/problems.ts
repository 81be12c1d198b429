/** What is wrong with an experiment file: values, not errors, each with its place; and their text for a terminal. */

/** One thing wrong in a file. `line` and `column` count from 1, `length` is in characters of `sourceLine`. */
export interface Problem {
  /** A stable word for programs: `unknown-key`, `missing-key`, `wrong-type` … */
  readonly code: string;
  readonly message: string;
  /** What to type instead. */
  readonly hint?: string | undefined;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
  readonly sourceLine: string;
}

/** Problems printed at most; the rest are counted. */
const PROBLEMS_SHOWN_MAX = 100;
/** Columns of a source line printed at most, around the carets. */
const COLUMNS_SHOWN_MAX = 120;

/** Order of the file; two problems at one place keep the order of their codes and messages. */
export function compareProblems(left: Problem, right: Problem): number {
  return (
    compareTexts(left.file, right.file) ||
    left.line - right.line ||
    left.column - right.column ||
    compareTexts(left.code, right.code) ||
    compareTexts(left.message, right.message)
  );
}

function compareTexts(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** The part of a long line around its carets, and how far the carets move by it. */
function shownPart(problem: Problem): { text: string; shift: number } {
  const { sourceLine, column } = problem;
  if (sourceLine.length <= COLUMNS_SHOWN_MAX) return { text: sourceLine, shift: 0 };
  const start = Math.max(0, Math.min(column - 1 - COLUMNS_SHOWN_MAX / 3, sourceLine.length - COLUMNS_SHOWN_MAX));
  const from = Math.floor(start);
  const part = sourceLine.slice(from, from + COLUMNS_SHOWN_MAX);
  const before = from > 0 ? '…' : '';
  const after = from + COLUMNS_SHOWN_MAX < sourceLine.length ? '…' : '';
  return { text: `${before}${part}${after}`, shift: from - before.length };
}

function formatProblem(problem: Problem): string {
  const { text, shift } = shownPart(problem);
  const start = problem.column - 1 - shift;
  const pad = [...text.slice(0, start)].map((character) => (character === '\t' ? '\t' : ' ')).join('');
  const carets = '^'.repeat(Math.max(1, Math.min(problem.length, text.length - start)));
  const number = String(problem.line);
  return [
    `${problem.file}:${problem.line}:${problem.column}: ${problem.message}`,
    ...(problem.hint === undefined ? [] : [`  hint: ${problem.hint}`]),
    `  ${number} | ${text}`,
    `  ${' '.repeat(number.length)} | ${pad}${carets}`,
  ].join('\n');
}

/** All problems as text, in the order of the file: place and message, hint, source line, carets. */
export function formatProblems(problems: readonly Problem[]): string {
  const sorted = problems.toSorted(compareProblems);
  const shown = sorted.slice(0, PROBLEMS_SHOWN_MAX).map(formatProblem);
  const rest = sorted.length - shown.length;
  return [...shown, ...(rest > 0 ? [`… and ${rest} more`] : [])].join('\n\n');
}
