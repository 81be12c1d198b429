import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDurationMs, readNumber, readSwitch, readText } from '../../../experiments/fabric/services/settings.ts';

test('protections are on unless they are switched off', () => {
  assert.equal(readSwitch({}, 'FABRIC_MUTEX'), true);
  assert.equal(readSwitch({ FABRIC_MUTEX: '' }, 'FABRIC_MUTEX'), true);
  assert.equal(readSwitch({ FABRIC_MUTEX: 'off' }, 'FABRIC_MUTEX'), false);
});

test('a switch that is neither on nor off is refused with its value', () => {
  assert.throws(() => readSwitch({ FABRIC_MUTEX: 'false' }, 'FABRIC_MUTEX'), /FABRIC_MUTEX is 'false'; it may be on or off/);
});

test('lengths are read with their unit, and off is none', () => {
  assert.equal(readDurationMs({ X: '250ms' }, 'X', '1s'), 250);
  assert.equal(readDurationMs({ X: '1.5s' }, 'X', '1s'), 1500);
  assert.equal(readDurationMs({}, 'X', '15m'), 900_000);
  assert.equal(readDurationMs({ X: 'off' }, 'X', '10s'), 0);
  assert.throws(() => readDurationMs({ X: '10' }, 'X', '1s'), /X is '10'; write it like 250ms/);
});

test('numbers must be above 0, and a text must be there', () => {
  assert.equal(readNumber({ X: '20' }, 'X', 5), 20);
  assert.equal(readNumber({}, 'X', 5), 5);
  assert.throws(() => readNumber({ X: '0' }, 'X', 5), /above 0/);
  assert.throws(() => readText({}, 'REGION'), /REGION is not set/);
});
