import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Act, EventBody } from '../../../runners/journal/events.ts';
import { findLeftovers } from '../../../runners/journal/leftovers.ts';
import { planned, plannedFault, stamped } from './events-for-tests.ts';

const intended = (fault: string): EventBody => ({ type: 'fault.intended', fault });
const armed = (fault: string): EventBody => ({ type: 'fault.armed', fault, acts: [] });
const injected = (fault: string): EventBody => ({ type: 'fault.injected', fault, askedAtMs: 0, acts: [] });
const inEffect = (fault: string): EventBody => ({ type: 'fault.in-effect', fault, inEffectAtMs: 0, proof: '', facts: {} });
const undone = (fault: string, acts: readonly Act[] = []): EventBody => ({
  type: 'fault.undone',
  fault,
  undoneAtMs: 0,
  readBack: '',
  acts,
});
const undoFailed = (fault: string, ...errors: string[]): EventBody => ({ type: 'fault.undo-failed', fault, errors });
const change = (action: 'up' | 'change'): EventBody => ({
  type: 'system.intended',
  action,
  compose: 'c',
  project: 'p',
  environment: {},
  found: {},
});
const restored = (ok: boolean): EventBody => ({ type: 'system.restored', ok, detail: '' });

const left = (...bodies: readonly EventBody[]) => findLeftovers(stamped(...bodies)).faults.map(({ fault, reached }) => [fault, reached]);

test('an intent without an undo is left over, with how far it came', () => {
  const bodies = [
    planned(),
    intended('a'),
    intended('b'),
    armed('b'),
    intended('c'),
    injected('c'),
    intended('d'),
    injected('d'),
    inEffect('d'),
  ];
  assert.deepEqual(left(...bodies), [
    ['d', 'in-effect'],
    ['c', 'injected'],
    ['b', 'armed'],
    ['a', 'intended'],
  ]);
});

test('a fault that was undone is not left over', () => {
  assert.deepEqual(left(intended('a'), injected('a'), undone('a'), intended('b')), [['b', 'intended']]);
});

test('an undo that failed, or failed on one container, leaves the fault, with its errors', () => {
  const half = undone('b', [
    { container: 'one', atMs: 0, ok: true },
    { container: 'two', atMs: 0, ok: false, error: 'gone' },
  ]);
  const { faults } = findLeftovers(stamped(intended('a'), undoFailed('a', 'no engine'), intended('b'), half));
  assert.deepEqual(
    faults.map(({ fault, errors }) => [fault, errors]),
    [
      ['b', []],
      ['a', ['no engine']],
    ],
  );
});

test('a fault that was armed leaves its helpers, also where the intent is missing', () => {
  assert.deepEqual(left(armed('a')), [['a', 'armed']]);
});

test('a second try that succeeds clears a failed undo', () => {
  assert.deepEqual(left(intended('a'), undoFailed('a', 'busy'), undone('a')), []);
});

test('what heals by itself or cannot be undone is no leftover; what the runner undoes is', () => {
  const plan = planned(plannedFault('kill', 'heals'), plannedFault('evict', 'none'), plannedFault('script', 'runner'));
  assert.deepEqual(left(plan, intended('kill'), intended('evict'), intended('script')), [['script', 'intended']]);
});

test('the plan of a leftover comes with it, for the operations to undo', () => {
  const [fault] = findLeftovers(stamped(planned(plannedFault('a')), intended('a'))).faults;
  assert.deepEqual(fault?.planned?.operations, { fault: 'a', operations: [] });
});

test('changes of the system are left over, last first, until they were put back', () => {
  const actions = (...bodies: readonly EventBody[]) => findLeftovers(stamped(...bodies)).systems.map(({ action }) => action);
  assert.deepEqual(actions(change('up'), change('change')), ['change', 'up']);
  assert.deepEqual(actions(change('up'), change('change'), restored(true)), []);
  assert.deepEqual(actions(change('up'), restored(false)), ['up']);
  assert.deepEqual(actions(change('up'), restored(true), change('change')), ['change']);
});

test('whether the run wrote its end is said', () => {
  assert.equal(findLeftovers(stamped(intended('a'))).ended, false);
  assert.equal(findLeftovers(stamped({ type: 'run.ended', exitCode: 0 })).ended, true);
});
