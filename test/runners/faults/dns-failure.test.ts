/** What a dns-failure makes of its settings. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kindOf } from '../../../runners/agent/operations/index.ts';
import { dnsFailure } from '../../../runners/faults/dns-failure.ts';
import type { FaultContext } from '../../../runners/faults/fault.ts';
import { plannedTarget } from '../../helpers/planned-target.ts';

const CONTEXT: FaultContext = { targets: [plannedTarget('a', '10.0.0.1')], select: () => [], seed: 42 };

test('names are compared in lower case and without their last dot, and NXDOMAIN is the default', () => {
  const { operations, effects } = dnsFailure.plan({ names: ['DB.Internal.', 'db.internal', '*.Example.com'] }, CONTEXT);
  const container = { id: 'id-a', name: 'a' };
  assert.deepEqual(operations, [{ op: 'dns', container, resolvers: [], names: ['db.internal', '*.example.com'], answer: 'nxdomain' }]);
  assert.deepEqual(effects, ['a: for it, db.internal, *.example.com do not exist (NXDOMAIN); what it keeps of earlier answers stays']);
  assert.deepEqual(
    operations.flatMap((each) => kindOf(each).claims(each)),
    ['dns'],
  );
});

test('one wrong address or several are told', () => {
  const answer = (asked: unknown) =>
    dnsFailure.plan({ names: ['*'], answer: asked }, CONTEXT).operations.map((each) => ('answer' in each ? each.answer : ''));
  assert.deepEqual(answer('192.0.2.1'), [['192.0.2.1']]);
  assert.deepEqual(answer(['192.0.2.1', '2001:db8::1']), [['192.0.2.1', '2001:db8::1']]);
  assert.deepEqual(answer('timeout'), ['timeout']);
});

test('what is no name, no answer or no resolver is refused', () => {
  const wrong = [
    { names: [] },
    { names: ['a b'] },
    { names: ['*x'] },
    { names: ['a..b'] },
    { names: ['a.*'] },
    { names: ['x'], answer: 'refused' },
    { names: ['x'], answer: [] },
    { names: ['x'], answer: '192.0.2.256' },
    { names: ['x'], resolvers: ['dns.example'] },
    {},
  ];
  for (const settings of wrong) assert.throws(() => dnsFailure.plan(settings, CONTEXT), JSON.stringify(settings));
  assert.throws(() => dnsFailure.plan({ names: ['x'], answer: ['192.0.2.1', '192.0.2.1'] }, CONTEXT), { code: 'answer-twice' });
});
