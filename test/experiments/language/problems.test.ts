import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { closest, editDistance, suggest } from '../../../experiments/language/closest.ts';
import { formatProblems, type Problem } from '../../../experiments/language/problems.ts';
import { complaintsOf, experimentOf, problemsOf } from './support.ts';

const at = (line: number, column: number, more: Partial<Problem> = {}): Problem => ({
  code: 'wrong-value',
  message: 'is wrong',
  file: 'a.yaml',
  line,
  column,
  length: 2,
  sourceLine: 'abcdef',
  ...more,
});

describe('problems as text', () => {
  test('come in the order of the file, whatever order they were found in', () => {
    const problems = [at(2, 1), at(1, 5), at(1, 2, { message: 'b' }), at(1, 2, { message: 'a' })];
    const places = (text: string): readonly string[] => text.split('\n').filter((line) => line.startsWith('a.yaml'));
    const expected = ['a.yaml:1:2: a', 'a.yaml:1:2: b', 'a.yaml:1:5: is wrong', 'a.yaml:2:1: is wrong'];
    assert.deepEqual(places(formatProblems(problems)), expected);
    assert.deepEqual(places(formatProblems(problems.toReversed())), expected);
  });

  test('keep tabs before the carets, so that they line up', () => {
    assert.equal(formatProblems([at(1, 3, { sourceLine: '\ta: b' })]), 'a.yaml:1:3: is wrong\n  1 | \ta: b\n    | \t ^^');
  });

  test('cut a long line around the carets', () => {
    const sourceLine = `${'x'.repeat(500)}!!${'y'.repeat(500)}`;
    const [, line = '', carets = ''] = formatProblems([at(1, 501, { sourceLine })]).split('\n');
    assert.ok(line.length < 140, line);
    assert.equal(line.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1), '!!');
  });

  test('stop after a hundred, and say how many are left', () => {
    const text = formatProblems(Array.from({ length: 130 }, (_, index) => at(index + 1, 1)));
    assert.equal(text.split('\n').filter((line) => line.startsWith('a.yaml')).length, 100);
    assert.ok(text.endsWith('… and 30 more'));
  });
});

test('every problem of a file is reported at once', () => {
  const text = readFileSync(new URL('../../fixtures/experiments/wrong/everything.yaml', import.meta.url), 'utf8');
  const golden = readFileSync(new URL('../../fixtures/experiments/wrong/everything.txt', import.meta.url), 'utf8');
  assert.equal(`${complaintsOf(text, { file: 'everything.yaml', variant: 'unprotectd' })}\n`, golden);
});

describe('the variant that was asked for', () => {
  const text = 'title: x\nsystem: a\nvariants: {unprotected: {environment: {A: 1}}}';

  test('must be in the file', () => {
    assert.equal(
      complaintsOf(text, { variant: 'unprotcted' }),
      "drill.yaml:3:1: there is no variant 'unprotcted'\n  hint: did you mean 'unprotected'?\n  3 | variants: {unprotected: {environment: {A: 1}}}\n    | ^^^^^^^^",
    );
    assert.equal(problemsOf('title: x', { variant: 'a' })[0]?.hint, 'the file has no variants');
  });

  test('may be wrong while another is asked for, and is reported all the same', () => {
    const wrong = `${text.slice(0, -1)}, bad: {objectives: {o: {budget: 3}}}}`;
    assert.deepEqual(
      problemsOf(wrong, { variant: 'unprotected' }).map(({ code }) => code),
      ['missing-key', 'wrong-value'],
    );
    assert.equal(experimentOf(text, { variant: 'unprotected' }).system?.environment['A'], '1');
  });
});

describe('did you mean', () => {
  test('counts insertions, deletions, substitutions and swaps', () => {
    assert.equal(editDistance('duration', 'duration'), 0);
    assert.equal(editDistance('durration', 'duration'), 1);
    assert.equal(editDistance('duraton', 'duration'), 1);
    assert.equal(editDistance('durasion', 'duration'), 1);
    assert.equal(editDistance('druation', 'duration'), 1);
    assert.equal(editDistance('', 'abc'), 3);
    assert.equal(editDistance('abc', ''), 3);
  });

  test('suggests what is near, not what is merely there', () => {
    assert.equal(closest('treshold', ['tolerance', 'threshold']), 'threshold');
    assert.equal(closest('TARGET', ['target']), 'target');
    assert.equal(closest('pod', ['target', 'labels']), undefined);
    assert.equal(suggest('pod', ['target', 'labels']), 'one of: target, labels');
    assert.equal(suggest('pod', []), undefined);
  });
});
