/** What an http-fault makes of its settings, and which of them contradict each other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kindOf } from '../../../runners/agent/operations/index.ts';
import type { FaultContext, Target } from '../../../runners/faults/fault.ts';
import { httpFault } from '../../../runners/faults/http-fault.ts';
import { plannedTarget as target } from '../../helpers/planned-target.ts';

const OTHERS: Readonly<Record<string, readonly Target[]>> = {
  api: [target('api-1', '10.0.9.1', 'fd00::9'), target('api-2', '10.0.9.2')],
  nowhere: [target('nowhere')],
};
const CONTEXT: FaultContext = { targets: [target('edge', '10.0.0.1')], select: (name) => OTHERS[name] ?? [], seed: 42 };

test('all settings reach the operation, header names in lower case', () => {
  const { operations, effects } = httpFault.plan(
    {
      port: 80,
      method: ['GET', 'HEAD'],
      path: '/api/*',
      headers: { 'X-Region': 'sa-*' },
      share: '25%',
      delay: '2s',
      jitter: '500ms',
      status: 503,
      body: 'no',
      'open-connections': 'reset',
      drain: '1s',
    },
    CONTEXT,
  );
  const [operation] = operations;
  assert.ok(operation?.op === 'http');
  assert.equal(typeof operation.faults.seed, 'number');
  assert.deepEqual(operation, {
    op: 'http',
    container: { id: 'id-edge', name: 'edge' },
    direction: 'in',
    port: 80,
    addresses: [],
    faults: {
      match: { methods: ['GET', 'HEAD'], path: '/api/*', headers: { 'x-region': 'sa-*' } },
      share: 0.25,
      seed: operation.faults.seed,
      act: { delayMs: 2000, jitterMs: 500, answer: { status: 503, body: 'no' } },
    },
    resetOpen: true,
    drainMs: 1000,
  });
  assert.deepEqual(effects, [
    'edge: 25% of the GET, HEAD requests for /api/* with X-Region: sa-* on port 80 are held 2s ± 500ms, then answered 503; connections that are open are reset; its server sees the container’s own address as the client’s',
  ]);
});

test('requests that go out are those to the addresses of the other target, which is named as touched', () => {
  const plan = httpFault.plan({ port: 80, direction: 'out', to: 'api', 'cut-body': '10%' }, CONTEXT);
  const [operation] = plan.operations;
  assert.ok(operation?.op === 'http');
  assert.deepEqual(operation.addresses, ['10.0.9.1', 'fd00::9', '10.0.9.2']);
  assert.deepEqual(operation.faults.act, { cut: { share: 0.1 } });
  assert.deepEqual(plan.alsoTouched, OTHERS['api']);
  assert.match(
    plan.effects[0] ?? '',
    /requests that it sends to api on port 80 are answered with a body cut off after 10%; connections that are open go past it$/,
  );
});

test('two faults on the requests to one port of a container claim the same, on different ones they do not', () => {
  const claims = (settings: object) =>
    httpFault.plan({ abort: true, ...settings }, CONTEXT).operations.flatMap((each) => kindOf(each).claims(each));
  assert.deepEqual(claims({ port: 80 }), claims({ port: 80, from: 'api' }));
  assert.notDeepEqual(claims({ port: 80 }), claims({ port: 81 }));
  assert.deepEqual(claims({ port: 80, direction: 'out', to: 'api' }).length, 3);
});

for (const [why, settings] of Object.entries({
  nothing: {},
  'an answer and a reset': { status: 503, abort: true },
  'a reset and a cut': { abort: true, 'cut-body': 10 },
  'a body without a status': { abort: true, body: 'x' },
  'a body where none may be': { status: 204, body: 'x' },
  'a jitter without a delay': { abort: true, jitter: '1s' },
  'a jitter beyond the delay': { delay: '1s', jitter: '2s' },
  'going out to nobody': { abort: true, direction: 'out' },
  'going out from somebody': { abort: true, direction: 'out', to: 'api', from: 'api' },
  'coming in to somebody': { abort: true, to: 'api' },
  'an expression that is none': { abort: true, 'path-regex': '(' },
})) {
  test(`contradiction refused, with a hint: ${why}`, () => {
    assert.throws(
      () => httpFault.plan({ port: 80, ...settings }, CONTEXT),
      (error: { code?: string; hint?: string }) => {
        assert.equal(error.code, 'http-fault-contradicts');
        assert.ok((error.hint ?? '').length > 10);
        return true;
      },
    );
  });
}

test('values out of bounds are refused, and a target without an address', () => {
  const wrong = [
    { port: 0 },
    { delay: '6m' },
    { status: 100 },
    { status: 600 },
    { method: 'get' },
    { share: '101%' },
    { share: '0%' },
    { 'cut-body': '0%' },
    { drain: '11s' },
    { path: '' },
    { 'cut-body': -1 },
  ];
  for (const settings of wrong)
    assert.throws(() => httpFault.plan({ port: 80, abort: true, ...settings }, CONTEXT), JSON.stringify(settings));
  assert.throws(() => httpFault.plan({ port: 80, abort: true, direction: 'out', to: 'nowhere' }, CONTEXT), { code: 'no-address' });
});
