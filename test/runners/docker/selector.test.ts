import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { describeSelector, identityOf, matches, matchesPattern } from '../../../runners/docker/selector.ts';
import { exampleTarget } from '../../helpers/example-run.ts';

const swarm = exampleTarget('shop_web.2.x8fe', {
  'com.docker.swarm.service.name': 'shop_web',
  'com.docker.swarm.task.name': 'shop_web.2.x8fe',
});

describe('a selector', () => {
  test('finds the tasks of a Swarm service', () => {
    assert.ok(matches(swarm, { 'swarm-service': 'shop_web' }));
    assert.ok(!matches(swarm, { 'swarm-service': 'shop' }));
    assert.ok(!matches(exampleTarget('web'), { 'swarm-service': 'shop_web' }));
  });

  test('finds an image with its tag, with any tag, by a pattern, and behind a registry with a port', () => {
    const redis = { ...exampleTarget('cache'), image: 'localhost:5000/team/redis:7.2' };
    for (const image of ['localhost:5000/team/redis:7.2', 'localhost:5000/team/redis', '*/redis', '*/redis:7*'])
      assert.ok(matches(redis, { image }), image);
    for (const image of ['redis', 'localhost:5000/team/redis:7', 'localhost']) assert.ok(!matches(redis, { image }), image);
  });

  test('takes * in a name for any characters, and nothing else for special', () => {
    assert.ok(matchesPattern('shop-web-1', 'shop-*-1'));
    assert.ok(matchesPattern('shop-web-1', '*'));
    assert.ok(matchesPattern('a.b', 'a.b') && !matchesPattern('axb', 'a.b'));
    assert.ok(!matchesPattern('aba', 'ab*ba'), 'the parts may not overlap');
    assert.ok(!matchesPattern('shop-web-12', 'shop-*-1'));
    assert.ok(matchesPattern('one two three', 'one*two*three') && !matchesPattern('one three two', 'one*two*three'));
  });

  test('is told in words, line by line', () => {
    assert.equal(describeSelector({ labels: { region: 'eu' }, image: 'redis' }), 'label region=eu and image redis');
  });
});

test('a container that is made anew keeps its place: in Compose by number, in Swarm by slot, else by name', () => {
  const web = { ...exampleTarget('shop-web-1', { 'com.docker.compose.container-number': '1' }), service: 'web' };
  assert.equal(identityOf(web), identityOf({ ...web, name: 'a1b2_shop-web-1' }));
  assert.notEqual(identityOf(web), identityOf({ ...web, labels: { 'com.docker.compose.container-number': '2' } }));
  assert.equal(identityOf(swarm), 'swarm shop_web.2');
  assert.equal(identityOf({ ...exampleTarget('lonely'), project: undefined, service: undefined }), 'name lonely');
});
