import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Membership, timeoutMs } from '../../../experiments/heartbeats/services/membership.ts';

const TIMEOUT_MS = timeoutMs(3, 500, 750);

function three(): Membership {
  const membership = new Membership(TIMEOUT_MS);
  for (const name of ['a', 'b', 'c']) membership.beat(name, 0);
  return membership;
}

test('the timeout is k intervals and a margin', () => {
  assert.equal(TIMEOUT_MS, 2250);
});

test('a silence up to the timeout is no death, a longer one is, once', () => {
  const membership = three();
  membership.beat('b', 100);
  assert.deepEqual(membership.look(TIMEOUT_MS), []);
  assert.deepEqual(membership.look(TIMEOUT_MS + 1), ['a', 'c']);
  assert.deepEqual(membership.look(TIMEOUT_MS + 2), []);
  assert.deepEqual(
    membership.members().map(({ lives, deaths }) => [lives, deaths]),
    [
      [false, 1],
      [true, 0],
      [false, 1],
    ],
  );
});

test('the first leads once all had time to be heard; its death gives the office to the next under a new token, and its return does not take it back', () => {
  const membership = new Membership(TIMEOUT_MS);
  for (const [name, atMs] of [
    ['c', 0],
    ['a', 400],
    ['b', 450],
    ['c', 2200],
    ['b', 2300],
  ] as const)
    membership.beat(name, atMs);
  membership.look(TIMEOUT_MS);
  assert.deepEqual(membership.office, { leader: undefined, token: 0 });
  membership.look(TIMEOUT_MS + 1);
  assert.deepEqual(membership.office, { leader: 'a', token: 1 });
  membership.look(400 + TIMEOUT_MS + 1);
  assert.deepEqual(membership.office, { leader: 'b', token: 2 });
  membership.beat('a', 2800);
  membership.look(2900);
  assert.deepEqual(membership.office, { leader: 'b', token: 2 });
});

test('with nobody alive the office stays as it was, so that its token is never given twice', () => {
  const membership = three();
  membership.beat('a', 2000);
  membership.look(2300);
  assert.equal(membership.look(9000).length, 1);
  assert.deepEqual(membership.office, { leader: 'a', token: 1 });
  membership.beat('c', 9100);
  membership.look(9200);
  assert.deepEqual(membership.office, { leader: 'c', token: 2 });
});

test('a monitor that begins anew gives tokens above those that were given before it', () => {
  const membership = new Membership(TIMEOUT_MS, 1_700_000_000);
  membership.beat('a', 0);
  membership.beat('a', 2000);
  membership.look(TIMEOUT_MS + 1);
  assert.deepEqual(membership.office, { leader: 'a', token: 1_700_000_001 });
});
