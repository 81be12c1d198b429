/** What the canary asks, and what its answers prove. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nameServersIn } from '../../../../runners/agent/names-of-target.ts';
import { canaryFor, isAsWanted, judgeCanary, wordsOf } from '../../../../runners/agent/operations/dns-proof.ts';

const RIGHT = { rcode: 0, addresses: ['10.0.0.2'] };
const NXDOMAIN = { rcode: 3, addresses: [] };

test('nameservers are read from resolv.conf, without those of one interface', () => {
  const text =
    '# by the engine\nsearch x\nnameserver 127.0.0.11\n nameserver\t2001:db8::53\nnameserver fe80::1%eth0\nnameserver none\noptions ndots:0\n';
  assert.deepEqual(nameServersIn(text), ['127.0.0.11', '2001:db8::53']);
});

test('the canary asks a name that is meant, else one below, by a type that is answered', () => {
  assert.deepEqual(canaryFor({ names: ['*.x', 'db'], answer: 'nxdomain' }), { name: 'db', type: 1 });
  assert.deepEqual(canaryFor({ names: ['*.x.y'], answer: 'nxdomain' }), { name: 'firedrill-canary.x.y', type: 1 });
  assert.deepEqual(canaryFor({ names: ['*'], answer: ['2001:db8::1'] }), { name: 'firedrill-canary.invalid', type: 28 });
});

test('an answer is as wanted only where it is just that', () => {
  assert.equal(isAsWanted(NXDOMAIN, 'nxdomain'), true);
  assert.equal(isAsWanted(NXDOMAIN, 'servfail'), false);
  assert.equal(isAsWanted({ silent: true }, 'timeout'), true);
  assert.equal(isAsWanted({ silent: true }, 'nxdomain'), false);
  assert.equal(isAsWanted(RIGHT, 'timeout'), false);
  assert.equal(isAsWanted({ rcode: 0, addresses: ['192.0.2.1'] }, ['192.0.2.1', '192.0.2.2']), true);
  assert.equal(isAsWanted({ rcode: 0, addresses: ['2001:db8:0:0:0:0:0:1'] }, ['2001:db8::1']), true);
  assert.equal(isAsWanted({ rcode: 0, addresses: ['192.0.2.1', '10.0.0.2'] }, ['192.0.2.1']), false);
  assert.equal(isAsWanted({ rcode: 0, addresses: [] }, ['192.0.2.1']), false);
  assert.equal(isAsWanted({ error: 'refused' }, 'timeout'), false);
});

test('a canary that was answered before and is not now proves it', () => {
  const judged = judgeCanary({ name: 'db', answer: 'nxdomain', before: RIGHT, after: NXDOMAIN, hit: 0 });
  assert.deepEqual(judged, {
    proven: true,
    evidence: 'asked for db, its resolver said 10.0.0.2 before and said NXDOMAIN now; 0 questions of its own were hit',
  });
});

test('a canary that is answered as before proves nothing, unless questions of the container’s own were hit', () => {
  const same = { name: 'db', answer: 'nxdomain', before: NXDOMAIN, after: NXDOMAIN } as const;
  assert.equal(judgeCanary({ ...same, hit: 0 }).proven, false);
  assert.match(judgeCanary({ ...same, hit: 0 }).evidence, /nothing tells the fault from what was so before/);
  assert.equal(judgeCanary({ ...same, hit: 2 }).proven, true);
});

test('a canary that is still answered rightly disproves it, whatever else was hit', () => {
  const judged = judgeCanary({ name: 'db', answer: 'nxdomain', before: RIGHT, after: RIGHT, hit: 9 });
  assert.equal(judged.proven, false);
  assert.match(judged.evidence, /its resolver said 10\.0\.0\.2;/);
});

test('answers have words', () => {
  assert.deepEqual(
    [RIGHT, NXDOMAIN, { rcode: 0, addresses: [] }, { rcode: 5, addresses: [] }, { silent: true } as const, { error: 'x' }].map(wordsOf),
    ['said 10.0.0.2', 'said NXDOMAIN', 'said that there is no such record', 'said code 5', 'did not answer', 'failed: x'],
  );
});
