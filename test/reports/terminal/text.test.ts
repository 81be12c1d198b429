import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countOf, lengthOf, momentOf, percentOf } from '../../../reports/figures.ts';
import { lineWidth, paint, span } from '../../../reports/terminal/paint.ts';
import { fit, padded, printable, widthOf, wrapped } from '../../../reports/terminal/text.ts';

test('widths count cells: wide letters two, combining marks none', () => {
  assert.equal(widthOf('abc'), 3);
  assert.equal(widthOf('東京'), 4);
  assert.equal(widthOf('e\u0301'), 1);
  assert.equal(padded('東京', 5), '東京 ');
});

test('a cut text fits and says that it was cut', () => {
  assert.equal(fit('sa-east-1-viewers', 8), 'sa-east…');
  assert.equal(fit('東京大阪', 4), '東…');
  assert.equal(fit('short', 5), 'short');
  assert.equal(fit('short', 0), '');
});

test('wrapping loses no word and keeps to the width', () => {
  const lines = wrapped('drop every packet in and out of the namespace', 12);
  assert.deepEqual(lines, ['drop every', 'packet in', 'and out of', 'the', 'namespace']);
});

test('a painted line is cut by its text, and each colour is closed', () => {
  const line = [span('good', 'good'), span(' and more', 'bad')];
  assert.equal(lineWidth(line), 13);
  assert.equal(paint(line, 8, true), '\u001b[32mgood\u001b[0m\u001b[31m an…\u001b[0m');
  assert.equal(paint(line, 8, false), 'good an…');
});

test('control characters and direction overrides become blanks', () => {
  assert.equal(printable('a\u001b[31mb\nc\u202ed'), 'a [31mb c d');
});

test('numbers carry their unit and no more digits than one can use', () => {
  assert.deepEqual([0, 3.21, 142.4, 4227, 12_340, 90_000].map(lengthOf), ['0ms', '3.2ms', '142ms', '4.23s', '12.3s', '1m30s']);
  assert.deepEqual([0, 0.00001, 0.0004, 0.0461, 0.334, 0.9999, 1].map(percentOf), [
    '0%',
    '<0.01%',
    '0.04%',
    '4.6%',
    '33%',
    '>99.9%',
    '100%',
  ]);
  assert.equal(lengthOf(null), '–');
  assert.equal(percentOf(Number.NaN), '–');
  assert.equal(momentOf(59_960), '01:00.0');
  assert.equal(countOf(1_234_567), '1\u202f234\u202f567');
});
