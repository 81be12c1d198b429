import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ordersShape } from '../../../runners/agent/orders.ts';
import type { OperationResult } from '../../../runners/agent/protocol.ts';
import type { FaultContext, Target } from '../../../runners/faults/fault.ts';
import { faults } from '../../../runners/faults/index.ts';
import { LEAST } from '../../helpers/least-settings.ts';
import { plannedTarget as target } from '../../helpers/planned-target.ts';

const TARGETS = [target('a', '10.0.0.1', 'fd00::1'), target('b', '10.0.0.2')];
const OTHERS: Readonly<Record<string, readonly Target[]>> = { primary: [target('primary', '10.0.9.1')], nowhere: [target('nowhere')] };
const CONTEXT: FaultContext = { targets: TARGETS, select: (name) => OTHERS[name] ?? [], seed: 42 };

function named(name: string) {
  const fault = faults.find((each) => each.name === name);
  assert.ok(fault, name);
  return fault;
}

function result(container: string, more: Partial<OperationResult> = {}): OperationResult {
  return { container, ok: true, atNs: '0', tookMs: 1, ...more };
}

for (const fault of faults) {
  test(`${fault.name}: a plan is one operation and one effect a target, and survives the way to the agent`, () => {
    const { operations, effects } = fault.plan(LEAST[fault.name] ?? {}, CONTEXT);
    assert.deepEqual(
      operations.map((operation) => operation.container),
      [
        { id: 'id-a', name: 'a' },
        { id: 'id-b', name: 'b' },
      ],
    );
    assert.equal(effects.length, 2);
    const orders = { runId: 'r', leaseMs: 1, lock: '', faults: [{ fault: 'f', operations: [...operations] }] };
    assert.deepEqual(ordersShape.parse(JSON.parse(JSON.stringify(orders))), orders);
  });

  test(`${fault.name}: no result, or one that failed, proves nothing and says why`, () => {
    const settings = LEAST[fault.name] ?? {};
    assert.equal(fault.judgeProof(settings, []).proven, false);
    const judged = fault.judgeProof(settings, [
      result('a', { facts: { started: 1 } }),
      result('b', { ok: false, error: 'it still answers' }),
    ]);
    assert.equal(judged.proven, false);
    assert.match(judged.evidence, /b: it still answers/);
    assert.equal(fault.judgeProof(settings, [result('a', { facts: { started: 1 } })]).proven, true);
  });

  test(`${fault.name}: a setting that it does not know is refused`, () => {
    assert.throws(() => fault.plan({ ...LEAST[fault.name], 'spare-insde': true }, CONTEXT));
  });
}

test('faults have names of their own', () => {
  assert.equal(new Set(faults.map((fault) => fault.name)).size, faults.length);
});

test('a blackout spares the inside of its selection unless asked not to, and the addresses that are named', () => {
  const spare = (settings: object) =>
    named('network-blackout')
      .plan(settings, CONTEXT)
      .operations.map((operation) => ('channel' in operation ? operation.channel.spare : []));
  assert.deepEqual(spare({}), [
    ['10.0.0.1', 'fd00::1', '10.0.0.2'],
    ['10.0.0.1', 'fd00::1', '10.0.0.2'],
  ]);
  assert.deepEqual(spare({ 'spare-inside': false, spare: ['192.168.0.0/16'] }), [['192.168.0.0/16'], ['192.168.0.0/16']]);
  assert.throws(() => spare({ spare: ['the router'] }));
});

test('evictions differ by target and repeat by seed', () => {
  const seeds = (seed: number) =>
    named('cache-evict')
      .plan({ share: '80%' }, { ...CONTEXT, seed })
      .operations.map((operation) => ('seed' in operation ? operation.seed : undefined));
  const [first, second] = seeds(42);
  assert.notEqual(first, second);
  assert.deepEqual(seeds(42), seeds(42));
  assert.notDeepEqual(seeds(42), seeds(43));
});

test('shares that are none are refused', () => {
  for (const share of ['80', '101%', '0%', '-1%', '80 %', '']) assert.throws(() => named('cache-evict').plan({ share }, CONTEXT), share);
});

test('jobs start together without a window, and within it with one', () => {
  const delays = (settings: object) => {
    const targets = Array.from({ length: 200 }, (_, index) => target(`worker-${index}`));
    const { operations } = named('cron-sync').plan({ command: ['job'], ...settings }, { ...CONTEXT, targets });
    return operations.map((operation) => ('delayMs' in operation ? operation.delayMs : Number.NaN));
  };
  assert.deepEqual(new Set(delays({})), new Set([0]));
  const spread = delays({ within: '60s' });
  assert.ok(spread.every((delay) => delay >= 0 && delay <= 60_000));
  const perTenSeconds = Map.groupBy(spread, (delay) => Math.floor(delay / 10_000));
  assert.ok(
    [...perTenSeconds.values()].every((each) => each.length > 15 && each.length < 55),
    'evenly',
  );
});

test('the spread of starts is measured, and jobs whose turn has not come are counted apart', () => {
  const results = [
    result('a', { atNs: '1000000', facts: { started: 1 } }),
    result('b', { atNs: '251000000', facts: { started: 1 } }),
    result('c', { atNs: '900000000', facts: { started: 0, pending: 1 } }),
  ];
  const proof = named('cron-sync').judgeProof({ command: ['job'] }, results);
  assert.deepEqual([proof.proven, proof.facts], [true, { started: 2, pending: 1, startSpreadMs: 250 }]);
  assert.equal(proof.evidence, '2 jobs began within 250.0 ms, 1 wait for their turn');
});
