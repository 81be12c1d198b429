import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toValue, VALUE_CHARACTERS_MAX } from '../../probes/reading-value.ts';

test('texts that are numbers become numbers', () => {
  assert.deepEqual(['42', '-0.5', '1e3', '9007199254740991'].map(toValue), [42, -0.5, 1000, 9007199254740991]);
});

test('texts that only look like numbers, or that no double holds exactly, stay texts', () => {
  const texts = ['007', '1.2.3', '', ' 1', '0x10', 'NaN', 'Infinity', '1e999', '9007199254740993'];
  assert.deepEqual(texts.map(toValue), texts);
});

test('a bigint is a number where that is exact', () => {
  assert.equal(toValue(12n), 12);
  assert.equal(toValue(2n ** 63n), '9223372036854775808');
});

test('what JSON cannot hold becomes text, and nothing becomes null', () => {
  assert.deepEqual([Number.POSITIVE_INFINITY, undefined, null, true].map(toValue), ['Infinity', null, null, true]);
  assert.equal(toValue(new Date(0)), '1970-01-01T00:00:00.000Z');
  assert.equal(toValue(['a', 1]), '["a",1]');
});

test('a long text is cut', () => {
  assert.equal(String(toValue('x'.repeat(VALUE_CHARACTERS_MAX + 5))).length, VALUE_CHARACTERS_MAX);
});
