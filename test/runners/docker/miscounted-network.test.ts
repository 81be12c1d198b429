import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMiscounted } from '../../../runners/docker/miscounted-network.ts';

const refuses = () => Promise.reject(new Error('error while removing network: network fabric_default id 11ce has active endpoints'));

function network(Containers: Record<string, unknown>, remove: () => Promise<unknown>) {
  return { inspect: () => Promise.resolve({ Name: 'fabric_default', Containers }), remove };
}

test('an empty network that the engine refuses to remove is miscounted', async () => {
  assert.equal(await isMiscounted(network({}, refuses)), true);
});

test('a network with something on it is in use, and its removal is not tried', async () => {
  const mustNot = () => Promise.reject(new assert.AssertionError({ message: 'its removal was tried' }));
  assert.equal(await isMiscounted(network({ abc: {} }, mustNot)), false);
});

test('an empty network that can be removed was merely left behind', async () => {
  assert.equal(await isMiscounted(network({}, () => Promise.resolve())), false);
});

test('a removal that fails for another reason is no miscount', async () => {
  assert.equal(await isMiscounted(network({}, () => Promise.reject(new Error('no such network')))), false);
});
