import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assertAllowed, assertUnprotected } from '../../../runners/docker/permission.ts';
import { FiredrillError } from '../../../runners/failure.ts';
import { exampleTarget } from '../../helpers/example-run.ts';

const target = (name: string, project: string, labels: Record<string, string> = {}) => ({
  ...exampleTarget(name, { 'firedrill.allow': 'no', ...labels }),
  project,
});
const nothing = { allow: { projects: [] }, protect: { names: [], projects: [] } };

function refusal(act: () => void): FiredrillError {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof FiredrillError);
    assert.equal(error.exitCode, 7);
    return error;
  }
  throw new assert.AssertionError({ message: 'it was not refused' });
}

describe('permission', () => {
  const targets = [
    target('labelled', 'fabric', { 'firedrill.allow': 'true' }),
    target('allowed', 'shop'),
    target('refused-1', 'bank'),
    target('refused-2', 'bank', { 'firedrill.allow': 'yes' }),
  ];

  test('the label or an allowed project lets a container be touched; every other one is named', () => {
    const error = refusal(() => assertAllowed(targets, { ...nothing, allow: { projects: ['shop'] } }));
    assert.match(error.message, /2 of 4 .*: refused-1, refused-2\./);
    assert.match(error.hint ?? '', /firedrill\.allow=true.*projects: \[bank\]/);
    assert.doesNotThrow(() => assertAllowed(targets, { ...nothing, allow: { projects: ['shop', 'bank'] } }));
  });
});

describe('protection', () => {
  test('a label protects a container, whatever allows it', () => {
    const both = target('payments', 'shop', { 'firedrill.allow': 'true', 'firedrill.protect': 'true' });
    assert.match(refusal(() => assertUnprotected([both], nothing)).message, /1 of 1 .*payments \(label firedrill\.protect=true\)/);
    assert.doesNotThrow(() => assertUnprotected([target('web', 'shop', { 'firedrill.protect': 'false' })], nothing));
  });

  test('the configuration protects by name, pattern and project, and every one is named with why', () => {
    const protect = { names: ['vault-*', 'ledger'], projects: ['bank'] };
    const targets = [target('vault-1', 'shop'), target('ledger', 'shop'), target('till', 'bank'), target('web', 'shop')];
    const { message } = refusal(() => assertUnprotected(targets, { ...nothing, protect }));
    assert.match(message, /3 of 4/);
    for (const word of [
      'vault-1 (firedrill.config.yaml protects the name vault-*)',
      'ledger',
      'till (firedrill.config.yaml protects the project bank)',
    ])
      assert.ok(message.includes(word), message);
    assert.ok(!message.includes('web'));
  });
});
