import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseExperiment } from '../../../experiments/language/parse.ts';
import { formatProblems } from '../../../experiments/language/problems.ts';
import { stepWords } from '../../../probes/browser/steps.ts';
import { browser } from '../../../probes/browser.ts';
import { kinds } from '../../../runners/cli/kinds.ts';

/** The complaints about a file with one journey; the steps begin on line 6. */
function complaints(...steps: readonly string[]): string {
  const text = ['title: x', 'probes:', '  visitor:', '    probe: browser', '    steps:', ...steps.map((step) => `      - ${step}`)].join(
    '\n',
  );
  const parsed = parseExperiment(`${text}\n`, { file: 'drill.yaml', kinds, environment: {} });
  return parsed.ok ? '' : formatProblems(parsed.problems);
}

const OPEN = 'open: http://127.0.0.1:8080/';

test('a journey of every kind of step is accepted', () => {
  const steps = [
    OPEN,
    'click: "#go"',
    'fill: {selector: "#name", text: 42}',
    'select: {selector: "#where", option: eu}',
    'expect: {selector: h1}',
    'expect: {selector: h1, text: Hello}',
    'plays: {}',
    'plays: {selector: audio, for: 1s, still: 500ms}',
    'until: document.title === "done"',
    'wait: 250ms',
  ];
  assert.equal(complaints(...steps), '');
});

describe('a mistake is told once, where it stands', () => {
  const cases: readonly (readonly [step: string, told: RegExp])[] = [
    ['clik: "#go"', /^drill\.yaml:7:\d+: .*needs one of open, click[\s\S]*did you mean 'click'/],
    ['expect: {selector: h1, txet: Hello}', /^drill\.yaml:7:\d+: .*txet[\s\S]*did you mean 'text'/],
    ['open: ftp://127.0.0.1/', /^drill\.yaml:7:\d+: .*is not an http:\/\/ or https:\/\/ address/],
    ['until: document.title ===', /^drill\.yaml:7:\d+: .*is not an expression of JavaScript/],
    ['plays: {for: 3}', /^drill\.yaml:7:\d+: .*is not a duration/],
    ['{click: "#a", wait: 1s}', /^drill\.yaml:7:\d+: .*not click and wait together/],
  ];
  for (const [step, told] of cases) {
    test(step, () => {
      const text = complaints(OPEN, step);
      assert.match(text, told);
      assert.equal(text.match(/^drill\.yaml:/gm)?.length, 1, text);
    });
  }

  test('a journey that begins nowhere', () => {
    assert.match(complaints('click: "#go"'), /^drill\.yaml:\d+:\d+: .*begin with open/);
  });
});

test('a step is told without what was typed into a field or stands in a query', () => {
  assert.equal(stepWords({ fill: { selector: '#password', text: 'hunter2' } }), 'fill #password');
  assert.equal(stepWords({ open: 'http://127.0.0.1/login?token=1' }), 'open /login');
});

test('settings are strict', () => {
  assert.equal(browser.settings.safeParse({ steps: [{ open: 'http://127.0.0.1/' }], setps: [] }).success, false);
});
