import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SOURCE_LENGTH_MAX } from '../../../experiments/language/read-yaml.ts';
import { complaintsOf, experimentOf, problemsOf } from './support.ts';

/** Generous: each takes a tenth of it on an idle machine, and for ever without its limit. */
const TIME_MS_MAX = 5000;

function timed<Result>(work: () => Result, limitMs: number): Result {
  const startMs = performance.now();
  const result = work();
  const tookMs = performance.now() - startMs;
  assert.ok(tookMs < limitMs, `took ${tookMs.toFixed(0)} ms, the limit is ${limitMs}`);
  return result;
}

function filled(line: (index: number) => string, before = 'title: x\n'): string {
  let text = before;
  for (let index = 0; text.length + line(index).length < SOURCE_LENGTH_MAX; index += 1) text += line(index);
  return text;
}

test('a billion laughs are an error in milliseconds', () => {
  const levels = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
  const lines = levels.map((level, index) => {
    const below = levels[index - 1];
    return `${level}: &${level} [${Array(9)
      .fill(below === undefined ? 'lol' : `*${below}`)
      .join(', ')}]`;
  });
  const problems = timed(() => problemsOf(`title: x\n${lines.join('\n')}`), 1000);
  const tooMany = problems.filter(({ code }) => code === 'too-many-aliases');
  assert.deepEqual(
    tooMany.map(({ line, column, message }) => ({ line, column, message })),
    [{ line: 4, column: 24, message: 'aliases expand to more than 50 copies, or deeper than 32 levels' }],
  );
});

test('an alias to what it stands in is an error', () => {
  assert.ok(problemsOf('title: x\ntargets: &t {a: *t}').some(({ code }) => code === 'too-many-aliases'));
});

test('an alias to nothing is pointed at', () => {
  assert.equal(
    complaintsOf('title: x\ntargets: {a: *web}'),
    `drill.yaml:2:14: there is no anchor '&web' before this alias
  2 | targets: {a: *web}
    |              ^^^^`,
  );
});

test('a file that is too large is not read', () => {
  const [problem, ...others] = timed(() => problemsOf('x'.repeat(SOURCE_LENGTH_MAX + 1)), 100);
  assert.equal(problem?.message, 'the file has 65537 characters; the limit is 65536');
  assert.deepEqual(others, []);
});

test('a file of the largest size is read', () => {
  const text = `title: x\n#${'x'.repeat(SOURCE_LENGTH_MAX - 10)}`;
  assert.equal(text.length, SOURCE_LENGTH_MAX);
  assert.equal(experimentOf(text).title, 'x');
});

describe('nesting without end is an error, however it is written', () => {
  for (const opening of ['[', '{a: ', '- ', '? ', 'a:\t']) {
    test(`as ${JSON.stringify(opening)}`, () => {
      const text = opening.repeat(Math.floor(SOURCE_LENGTH_MAX / opening.length));
      assert.deepEqual(
        timed(() => problemsOf(text), TIME_MS_MAX).map(({ code }) => code),
        ['too-deep'],
      );
    });
  }

  test('while what a person would write is not too deep', () => {
    assert.equal(problemsOf(`title: x\ndeep: ${'['.repeat(20)}${']'.repeat(20)}`)[0]?.code, 'unknown-key');
  });
});

describe('a file full of mistakes ends in a list of bounded length, in bounded time', () => {
  const files = {
    anchors: '&a '.repeat(SOURCE_LENGTH_MAX / 3),
    'closing brackets': '}'.repeat(SOURCE_LENGTH_MAX),
    escapes: `title: "${'\\x'.repeat(SOURCE_LENGTH_MAX / 2 - 10)}"`,
    documents: '---\n'.repeat(SOURCE_LENGTH_MAX / 4),
    'unknown kinds': filled((index) => `  - {at: 1s, fault: noopp, target: t${index}}\n`, 'title: x\nmethod:\n'),
    'unset variables': filled((index) => `t${index}: "\${V${index}}"\n`),
    variants: filled((index) => `  v${index}: {load: {}}\n`, 'title: x\nvariants:\n'),
  };
  for (const [title, text] of Object.entries(files)) {
    test(title, () => {
      const problems = timed(() => problemsOf(text), TIME_MS_MAX);
      assert.ok(problems.length > 0 && problems.length <= 1000, `${problems.length} problems`);
      assert.ok(complaintsOf(text).length < 100_000);
    });
  }
});

describe('YAML that says something else than it seems', () => {
  test('a version directive does not bring back the booleans of YAML 1.1', () => {
    assert.equal(experimentOf('%YAML 1.1\n---\ntitle: yes').title, 'yes');
  });

  test('tags of a programming language are refused', () => {
    assert.equal(problemsOf('title: !!js/function "x"')[0]?.code, 'yaml-tag-resolve-failed');
  });

  test('merge keys are refused by name', () => {
    assert.match(complaintsOf('title: x\n<<: {watch: 3s}'), /drill\.yaml:2:1: merge keys \('<<'\) are not part of YAML 1\.2/);
  });

  test('a second document is refused', () => {
    assert.equal(problemsOf('title: x\n---\ntitle: y')[0]?.code, 'second-document');
  });

  test('keys that objects are made of are names like any other, or refused', () => {
    assert.deepEqual(Object.keys(experimentOf('title: x\ntargets: {constructor: {service: a}, toString: {service: b}}').targets), [
      'constructor',
      'toString',
    ]);
    assert.equal(problemsOf('title: x\n__proto__: {title: y}')[0]?.code, 'wrong-key');
  });

  test('a byte order mark and Windows line ends do not move the carets', () => {
    assert.equal(experimentOf('\uFEFFtitle: x').title, 'x');
    assert.equal(
      complaintsOf('title: x\r\nwatsh: 3s\r\n'),
      "drill.yaml:2:1: unknown key 'watsh'\n  hint: did you mean 'watch'?\n  2 | watsh: 3s\n    | ^^^^^",
    );
  });

  for (const [title, text] of [
    ['an empty file', ''],
    ['a file of comments', '# nothing'],
    ['a list', '- a'],
    ['a bare word', 'drill'],
  ] as const) {
    test(`${title} says how an experiment begins`, () => {
      assert.match(complaintsOf(text), /hint: an experiment begins with its title: …/);
    });
  }
});
