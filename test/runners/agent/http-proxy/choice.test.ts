/** Which requests are hit. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fits, matcher, seededChance } from '../../../../runners/agent/http-proxy/choice.ts';
import { faultsOf } from '../../../../runners/agent/http-proxy/faults.ts';
import type { RequestHead } from '../../../../runners/agent/http-proxy/head.ts';

const request = (method: string, path: string, headers: Readonly<Record<string, string>> = {}): RequestHead => ({
  method,
  path,
  headers: new Map(Object.entries(headers)),
});

test('a glob fits from end to end, and its stars any run of characters', () => {
  const fitting: readonly (readonly [string, string])[] = [
    ['/api/*', '/api/'],
    ['/api/*', '/api/a/b'],
    ['*/b', '/a/b/b'],
    ['*', ''],
    ['a*b*c', 'axxbyybzzc'],
    ['/', '/'],
  ];
  for (const [glob, text] of fitting) assert.equal(fits(glob, text), true, `${glob} ${text}`);
  const unfitting: readonly (readonly [string, string])[] = [
    ['/api/*', '/api'],
    ['/api', '/api/'],
    ['a*b', 'ab*c'],
    ['', 'a'],
    ['/a.c', '/abc'],
  ];
  for (const [glob, text] of unfitting) assert.equal(fits(glob, text), false, `${glob} ${text}`);
});

test('a glob of many stars is decided at once', () => {
  const startedMs = performance.now();
  assert.equal(fits('*a'.repeat(100), `${'a'.repeat(20_000)}b`), false);
  assert.ok(performance.now() - startedMs < 1_000);
});

test('method, path and every header must match', () => {
  const matches = matcher({ methods: ['GET', 'HEAD'], path: '/api/*', pathRegex: '[0-9]$', headers: { 'x-region': 'sa-*' } });
  assert.equal(matches(request('GET', '/api/1', { 'x-region': 'sa-east-1' })), true);
  assert.equal(matches(request('POST', '/api/1', { 'x-region': 'sa-east-1' })), false);
  assert.equal(matches(request('GET', '/other/1', { 'x-region': 'sa-east-1' })), false);
  assert.equal(matches(request('GET', '/api/x', { 'x-region': 'sa-east-1' })), false);
  assert.equal(matches(request('GET', '/api/1', { 'x-region': 'us-east-1' })), false);
  assert.equal(matches(request('GET', '/api/1')), false);
  assert.equal(matcher({ methods: [], headers: {} })(request('BREW', '/pot')), true);
});

test('a share is about that share, the same requests for the same seed, and others for another', () => {
  const chosen = (seed: number) => {
    const faults = faultsOf({ match: { methods: [], headers: {} }, share: 0.3, seed, act: { abort: true } });
    return Array.from({ length: 5000 }, () => faults.choose(request('GET', '/')) !== undefined);
  };
  const first = chosen(7);
  const hits = first.filter(Boolean).length;
  // Five standard deviations of a binomial of 5000 and 0.3.
  assert.ok(Math.abs(hits - 1500) < 162, `${hits}`);
  assert.deepEqual(chosen(7), first);
  assert.notDeepEqual(chosen(8), first);
});

test('chance is spread evenly', () => {
  const chance = seededChance(1);
  const tenths = Map.groupBy(
    Array.from({ length: 10_000 }, () => chance()),
    (value) => Math.floor(value * 10),
  );
  assert.equal(tenths.size, 10);
  assert.ok([...tenths.values()].every((each) => each.length > 850 && each.length < 1150));
});

test('a fault that is over hits nothing', () => {
  const faults = faultsOf({ match: { methods: [], headers: {} }, share: 1, seed: 1, act: { abort: true } });
  assert.ok(faults.choose(request('GET', '/')));
  faults.off();
  assert.equal(faults.choose(request('GET', '/')), undefined);
  assert.equal(faults.counts.matched, 1);
});
