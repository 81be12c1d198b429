import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FiredrillError } from '../../../../runners/failure.ts';
import { createRandom } from '../../../../runners/load/pacing/random.ts';
import { createSource, type Source, zipfWeights } from '../../../../runners/load/requests/data.ts';

function fileOf(t: TestContext, name: string, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'firedrill-data-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test('zipf draws rank r with probability in proportion to 1/r^exponent', () => {
  for (const exponent of [0, 0.8, 1, 1.5]) {
    const source = createSource({ zipf: { items: 1000, exponent, prefix: 'video-' } }, createRandom(9, 'zipf'));
    const counts = new Map<string, number>();
    const draws = 200_000;
    for (let index = 0; index < draws; index += 1) {
      const [value = ''] = source.draw(1, index);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    const weights = zipfWeights(1000, exponent);
    const sum = weights.reduce((all, weight) => all + weight, 0);
    for (const rank of [1, 2, 5, 10, 100]) {
      const expected = (draws * (weights[rank - 1] ?? 0)) / sum;
      const seen = counts.get(`video-${rank}`) ?? 0;
      assert.ok(Math.abs(seen - expected) < 5 * Math.sqrt(expected), `exponent ${exponent} rank ${rank}: ${seen}, expected ${expected}`);
    }
    assert.equal(counts.has('video-0'), false);
    assert.equal(counts.has('video-1001'), false);
  }
});

test('uniform draws from 1 to items, values from the list, both completely', () => {
  const uniform = createSource({ uniform: { items: 3, prefix: 'u' } }, createRandom(1, 'uniform'));
  const values = createSource({ values: ['x', 'y'] }, createRandom(1, 'values'));
  const seen = (source: Source) => [...new Set(Array.from({ length: 200 }, (_, index) => source.draw(1, index)[0]))].sort();
  assert.deepEqual(seen(uniform), ['u1', 'u2', 'u3']);
  assert.deepEqual(seen(values), ['x', 'y']);
});

test('values come by chance, in turn, or one for each virtual user', () => {
  const values = ['a', 'b', 'c'];
  const drawn = (pick: 'random' | 'sequence' | 'unique') => {
    const source = createSource({ values, pick }, createRandom(4, 'pick'));
    return [0, 1, 2, 3, 4, 5].map((iteration) => source.draw((iteration % 2) + 1, iteration)[0]).join('');
  };
  assert.equal(drawn('sequence'), 'abcabc');
  assert.equal(drawn('unique'), 'ababab');
  assert.equal(drawn('random'), drawn('random'), 'the same seed gives the same');
  assert.notEqual(drawn('random'), 'abcabc');
});

test('a row of a CSV file comes as a whole, quotes and line breaks within a field included', (t) => {
  const csv = fileOf(t, 'users.csv', '\uFEFFemail,password\r\na@example.test,"x, ""y"""\r\n\r\nb@example.test,"two\nlines"\r\n');
  const source = createSource({ csv, pick: 'sequence' }, createRandom(1, 'csv'));
  assert.deepEqual(source.columns, ['email', 'password']);
  assert.deepEqual(
    [source.draw(1, 0), source.draw(1, 1), source.draw(1, 2)],
    [
      ['a@example.test', 'x, "y"'],
      ['b@example.test', 'two\nlines'],
      ['a@example.test', 'x, "y"'],
    ],
  );
});

test('a JSON file is a list of values, or of maps whose inner keys get a dot', (t) => {
  const plain = createSource({ json: fileOf(t, 'ids.json', '[7, "x", true]'), pick: 'sequence' }, createRandom(1, 'json'));
  assert.deepEqual([plain.columns, plain.draw(1, 0), plain.draw(1, 1), plain.draw(1, 2)], [[''], ['7'], ['x'], ['true']]);
  const maps = fileOf(
    t,
    'orders.json',
    '[{"id": 1, "to": {"city": "Porto"}, "lines": [2]}, {"id": 2, "to": {"city": "Lima"}, "lines": []}]',
  );
  const source = createSource({ json: maps, pick: 'sequence' }, createRandom(1, 'json'));
  assert.deepEqual(
    [source.columns, source.draw(1, 1)],
    [
      ['id', 'to.city', 'lines'],
      ['2', 'Lima', '[]'],
    ],
  );
});

test('a file that cannot be used is refused, with its name and what is wrong with it', (t) => {
  const refused: [Parameters<typeof createSource>[0], RegExp][] = [
    [{ csv: '/nowhere/users.csv' }, /there is no file \/nowhere\/users.csv/],
    [{ csv: tmpdir() }, /is no file/],
    [{ csv: fileOf(t, 'a.csv', '') }, /a.csv is empty/],
    [{ csv: fileOf(t, 'b.csv', 'email,password\n') }, /b.csv has the names of its columns and no row/],
    [{ csv: fileOf(t, 'c.csv', 'email,password\na,b\nc\n') }, /c.csv is not CSV: .*line 3/],
    [{ csv: fileOf(t, 'd.csv', 'email,email\na,b\n') }, /d.csv has two columns named 'email'/],
    [{ csv: fileOf(t, 'e.csv', 'email,\na,b\n') }, /e.csv has a column without a name/],
    [{ csv: fileOf(t, 'f.csv', 'email\n"open\n') }, /f.csv is not CSV: .*/],
    [{ json: fileOf(t, 'a.json', '{"a": 1}') }, /a.json is no list/],
    [{ json: fileOf(t, 'b.json', '[') }, /b.json is not JSON/],
    [{ json: fileOf(t, 'c.json', '[]') }, /c.json is empty/],
    [{ json: fileOf(t, 'd.json', '[{"a": 1}, {"b": 2}]') }, /d.json item 2 has no 'a'/],
  ];
  for (const [generator, message] of refused) {
    assert.throws(
      () => createSource(generator, createRandom(1, 'x')),
      (error) => error instanceof FiredrillError && error.exitCode === 3 && message.test(error.message) && error.hint !== undefined,
      String(message),
    );
  }
});
