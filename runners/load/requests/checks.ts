/** Checks of single answers, counted by name as k6's `checks{check:name}`. A request without an answer fails all of its checks. */
import type { AnswerCheck as WrittenCheck } from '../../../experiments/language/experiment.ts';
import { compileJsonPath } from '../../../experiments/language/json-path.ts';
import { type AnswerView, lookAt } from './answer-view.ts';
import type { Template } from './template.ts';
import type { Values } from './values.ts';

export interface AnswerCheck {
  readonly name: string;
  readonly needsBody: boolean;
  passes(answer: AnswerView, values: Values): boolean;
}

type Line = (answer: AnswerView, values: Values) => boolean;

/** How texts of checks become templates. */
export type Fill = (text: string) => Template;

/** Each line given must hold; `header` or `json` without `equals` and `matches` asks that it is there. */
export function prepareChecks(checks: Readonly<Record<string, WrittenCheck>>, fill: Fill): readonly AnswerCheck[] {
  return Object.entries(checks).map(([name, check]) => {
    const lines = linesOf(check, fill);
    const needsBody = [check.json, check['body-contains'], check['body-matches']].some((line) => line !== undefined);
    return { name, needsBody, passes: (answer, values) => lookAt(() => lines.every((holds) => holds(answer, values)), false) };
  });
}

function linesOf(check: WrittenCheck, fill: Fill): readonly Line[] {
  const { status, 'body-contains': contains, 'body-matches': matches, 'duration-below': below } = check;
  const lines: Line[] = [];
  if (status !== undefined) lines.push(statusLine([status].flat()));
  if (below) lines.push(({ durationMs }) => durationMs < below.ms);
  if (check.header !== undefined || check.json !== undefined) lines.push(valueLine(check, fill));
  if (contains !== undefined) {
    const part = fill(contains);
    lines.push(({ text }, values) => text.includes(part.render(values)));
  }
  if (matches !== undefined) {
    const pattern = new RegExp(matches);
    lines.push(({ text }) => pattern.test(text));
  }
  return lines;
}

function statusLine(allowed: readonly (number | string)[]): Line {
  const single = new Set(allowed.filter((each) => typeof each === 'number'));
  const classes = new Set(allowed.filter((each) => typeof each === 'string').map((each) => Number(each[0])));
  return ({ status }) => single.has(status) || classes.has(Math.floor(status / 100));
}

/** A header, or what a path selects: any of the values must do. */
function valueLine({ header, json, equals, matches }: WrittenCheck, fill: Fill): Line {
  const path = json === undefined ? undefined : compileJsonPath(json);
  const field = header?.toLowerCase() ?? '';
  const valuesOf = (answer: AnswerView): readonly unknown[] => (path ? path(answer.json) : answer.headers(field));
  const wanted = equals === undefined ? undefined : fill(equals);
  const pattern = matches === undefined ? undefined : new RegExp(matches);
  return (answer, values) => {
    const asked = wanted?.render(values);
    return valuesOf(answer).some((value) => {
      const text = textOf(value);
      return (asked === undefined || text === asked) && (pattern?.test(text) ?? true);
    });
  };
}

/** Text as it is, anything else as JSON has it. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
