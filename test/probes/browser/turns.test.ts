import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Turns } from '../../../probes/browser/turns.ts';

const forEver = new AbortController().signal;

test('so many have a turn at once, and the others follow in order', async () => {
  const turns = new Turns(2);
  const log: number[] = [];
  const take = (number: number) => turns.take(forEver).then(() => log.push(number));
  await Promise.all([take(1), take(2)]);
  const later = [take(3), take(4)];
  await Promise.resolve();
  assert.deepEqual(log, [1, 2]);
  turns.done();
  await later[0];
  assert.deepEqual(log, [1, 2, 3]);
  turns.done();
  await later[1];
  assert.deepEqual(log, [1, 2, 3, 4]);
});

test('who no longer waits leaves the line, and takes nobody’s turn', async () => {
  const turns = new Turns(1);
  await turns.take(forEver);
  const gone = new AbortController();
  const leaving = turns.take(gone.signal);
  const staying = turns.take(forEver);
  gone.abort();
  await assert.rejects(leaving);
  turns.done();
  await staying;
  turns.done();
  await turns.take(forEver);
});

test('a turn that is granted in the instant of leaving goes to the next', async () => {
  const turns = new Turns(1);
  await turns.take(forEver);
  const gone = new AbortController();
  const leaving = turns.take(gone.signal);
  const staying = turns.take(forEver);
  gone.abort();
  turns.done();
  await assert.rejects(leaving);
  await staying;
});
