/** Short ways to parse in tests of the language. */
import assert from 'node:assert/strict';
import type { Experiment } from '../../../experiments/language/experiment.ts';
import { type ParseOptions, parseExperiment } from '../../../experiments/language/parse.ts';
import { formatProblems, type Problem } from '../../../experiments/language/problems.ts';
import { fixtureKinds } from './fixture-kinds.ts';

type Options = Partial<ParseOptions>;

export function parse(text: string, options: Options = {}) {
  return parseExperiment(text, { file: 'drill.yaml', kinds: fixtureKinds, environment: {}, ...options });
}

/** The experiment of a text that must be right. */
export function experimentOf(text: string, options: Options = {}): Experiment {
  const result = parse(text, options);
  assert.ok(result.ok, result.ok ? '' : formatProblems(result.problems));
  return result.experiment;
}

/** The problems of a text that must be wrong. */
export function problemsOf(text: string, options: Options = {}): readonly Problem[] {
  const result = parse(text, options);
  assert.ok(!result.ok, 'no problem was found');
  return result.problems;
}

/** The problems of a text, as a person reads them. */
export function complaintsOf(text: string, options: Options = {}): string {
  return formatProblems(problemsOf(text, options));
}

/** Without the margin that a template literal has in a test, and the line break at its start. */
export function unindent(text: string): string {
  const lines = text.replace(/^\n/, '').replace(/\n *$/, '').split('\n');
  const margin = Math.min(...lines.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length));
  return lines.map((line) => line.slice(margin)).join('\n');
}
