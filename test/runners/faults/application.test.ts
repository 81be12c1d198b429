import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cacheFreeze } from '../../../runners/faults/cache-freeze.ts';
import { clockSkew } from '../../../runners/faults/clock-skew.ts';
import { dbConnections } from '../../../runners/faults/db-connections.ts';
import { dbLock } from '../../../runners/faults/db-lock.ts';
import type { Fault, FaultContext } from '../../../runners/faults/fault.ts';
import { httpCall } from '../../../runners/faults/http-call.ts';
import { replicationPause } from '../../../runners/faults/replication-pause.ts';
import { exampleTarget } from '../../helpers/example-run.ts';

const CONTEXT: FaultContext = { targets: [exampleTarget('db', { region: 'east' })], select: () => [], seed: 42 };

function operation(fault: Fault, settings: object): object {
  const [first] = fault.plan(settings, CONTEXT).operations;
  assert.ok(first);
  return first;
}

test('a freeze takes a password with a user and without, and a user never without', () => {
  const credentials = (settings: object) => {
    const { user, password } = operation(cacheFreeze, settings) as { user?: string; password?: string };
    return [user, password];
  };
  assert.deepEqual(credentials({}), [undefined, undefined]);
  assert.deepEqual(credentials({ password: 'p' }), [undefined, 'p']);
  assert.deepEqual(credentials({ user: 'u', password: 'p' }), ['u', 'p']);
  assert.throws(() => credentials({ user: 'u' }), { code: 'user-without-password' });
  assert.throws(() => credentials({ mode: 'reads' }));
});

test('a lock is of a table, of its writes, or of rows; rows and writes together say the same twice', () => {
  assert.deepEqual(operation(dbLock, { table: 'video', rows: 'id = 1', patience: '1s', password: 'p' }), {
    op: 'lock',
    container: { id: CONTEXT.targets[0]?.id, name: 'db' },
    server: { port: 5432, user: 'postgres', database: 'postgres', password: 'p' },
    table: 'video',
    rows: 'id = 1',
    blocks: 'all',
    patienceMs: 1000,
  });
  assert.throws(() => operation(dbLock, { table: 'video', rows: 'id = 1', blocks: 'writes' }), { code: 'rows-and-blocks' });
  assert.throws(() => operation(dbLock, { table: 'video', patience: '9s' }), /8s at most/);
});

test('what a plan says never has a password in it', () => {
  for (const [fault, settings] of [
    [cacheFreeze, {}],
    [dbLock, { table: 'video' }],
    [dbConnections, {}],
    [replicationPause, {}],
  ] as const) {
    const { effects } = fault.plan({ ...settings, password: 'open sesame' }, CONTEXT);
    assert.ok(!effects.join().includes('open sesame'), fault.name);
  }
});

test('sessions are held by number, or all but some; both at once is refused', () => {
  assert.deepEqual(dbConnections.plan({ leave: 3 }, CONTEXT).effects, ['db: all but 3 of its free sessions are held']);
  assert.deepEqual(dbConnections.plan({ count: 3 }, CONTEXT).effects, ['db: 3 of its sessions are held']);
  assert.throws(() => operation(dbConnections, { count: 3, leave: 1 }), { code: 'count-and-leave' });
  for (const count of [0, -1, 1.5, 10_001]) assert.throws(() => operation(dbConnections, { count }));
});

test('a call is undone by another, and by nobody where there is none', () => {
  const url = 'http://flags.test/dark';
  const plan = httpCall.plan({ url, body: '{"on":true}', undo: { url, method: 'DELETE', expect: [200, 404] } }, CONTEXT);
  assert.equal(plan.undoneBy, 'agent');
  assert.deepEqual(plan.operations, [
    {
      op: 'call',
      container: { id: CONTEXT.targets[0]?.id, name: 'db' },
      call: { url, method: 'POST', headers: {}, expect: [], timeoutMs: 5000, body: '{"on":true}' },
      undo: { url, method: 'DELETE', headers: {}, expect: [200, 404], timeoutMs: 5000 },
    },
  ]);
  const alone = httpCall.plan({ url }, CONTEXT);
  assert.equal(alone.undoneBy, 'none');
  assert.deepEqual(alone.effects, [`db: POST ${url}, undone by nobody`]);
});

test('calls that are none are refused: another protocol, a status that is none, a timeout beyond the limit', () => {
  const url = 'http://flags.test/dark';
  for (const settings of [
    { url: 'ftp://flags.test' },
    { url, expect: [42] },
    { url, timeout: '9s' },
    { url, undo: { url: 'flags' } },
    {},
  ]) {
    assert.throws(() => operation(httpCall, settings), JSON.stringify(settings));
  }
});

test('a clock goes ahead or back, by no less than can be told and no more than ten years', () => {
  const offsetMs = (offset: string) => (operation(clockSkew, { offset }) as { offsetMs: number }).offsetMs;
  assert.deepEqual(['+1h', '-90s', '+1m30s', '+3650d'].map(offsetMs), [3_600_000, -90_000, 90_000, 315_360_000_000]);
  for (const offset of ['1h', '+4s', '+3651d', '-', 'now', '']) assert.throws(() => offsetMs(offset), offset);
  assert.deepEqual(clockSkew.plan({ offset: '-90s' }, CONTEXT).effects, [
    'db: the clock of its processes under libfaketime goes 1m30s back',
  ]);
});
