import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tagsIn } from '../../../runners/agent/tagged.ts';

test('tags are those of our chains, each once, and of nobody else’s', () => {
  const saved = `*filter
:INPUT ACCEPT [0:0]
:FIREDRILL-0a1b2c3d-IN - [0:0]
:FIREDRILL-0a1b2c3d-OUT - [0:0]
:FIREDRILL-XYZ - [0:0]
:OTHERS-FIREDRILL-11111111 - [0:0]
-A INPUT -j FIREDRILL-0a1b2c3d-IN
COMMIT
*nat
:FIREDRILL-ffffffff-IN - [0:0]
COMMIT
`;
  assert.deepEqual(tagsIn(saved), ['FIREDRILL-0a1b2c3d', 'FIREDRILL-ffffffff']);
});
