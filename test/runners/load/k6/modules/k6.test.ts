import assert from 'node:assert/strict';
import { test } from 'node:test';
import { k6Module } from '../../../../../runners/load/k6/modules/k6.ts';
import { MemoryHost } from './support.ts';

function make() {
  const host = new MemoryHost();
  return { host, ...k6Module(host) };
}

test('a check counts each of its conditions by name, and is true where all are', () => {
  const { host, check } = make();
  assert.equal(check(5, { 'is five': (value: number) => value === 5, 'is there': true }), true);
  assert.equal(check(5, { 'is six': (value: number) => value === 6, 'is five': (value: number) => value === 5 }, { part: 'a' }), false);
  assert.deepEqual(
    host.samples.map(({ metric, value, tags }) => [metric, value, tags['check'], tags['part']]),
    [
      ['checks', 1, 'is five', undefined],
      ['checks', 1, 'is there', undefined],
      ['checks', 0, 'is six', 'a'],
      ['checks', 1, 'is five', 'a'],
    ],
  );
});

test('a check whose condition has to wait gives a promise, and keeps the order of its conditions', async () => {
  const { host, check } = make();
  const later = async () => true;
  const result = check(1, { first: true, second: later, third: () => false });
  assert.ok(result instanceof Promise);
  assert.equal(await result, false);
  assert.deepEqual(
    host.samples.map(({ value, tags }) => [tags['check'], value]),
    [
      ['first', 1],
      ['second', 1],
      ['third', 0],
    ],
  );
});

test('a condition that throws has failed, and its error goes on, whether it waited or not', async () => {
  const { host, check } = make();
  const broken = () => {
    throw new Error('no body');
  };
  assert.throws(() => check(1, { breaks: broken, after: true }), /no body/);
  await assert.rejects(Promise.resolve(check(1, { waits: async () => broken(), after: true })), /no body/);
  assert.deepEqual(
    host.samples.map(({ value, tags }) => [tags['check'], value]),
    [
      ['breaks', 0],
      ['waits', 0],
    ],
  );
});

test('groups nest in the tag, give what their function gives, and are timed', () => {
  const { host, group, check } = make();
  const inside = (): number => {
    check(1, { ok: true });
    return 42;
  };
  const result = group('shop', () => group('cart', inside));
  assert.equal(result, 42);
  assert.deepEqual(
    host.samples.map(({ metric, tags }) => [metric, tags['group']]),
    [
      ['checks', '::shop::cart'],
      ['group_duration', '::shop::cart'],
      ['group_duration', '::shop'],
    ],
  );
  assert.equal(host.tags['group'], undefined);
});

test('a group is left also when its function throws or has to wait', async () => {
  const { host, group } = make();
  assert.throws(
    () =>
      group('a', () => {
        throw new Error('inside');
      }),
    /inside/,
  );
  assert.equal(host.tags['group'], undefined);
  const waiting = group('b', async () => {
    await null;
    return 'done';
  });
  assert.equal(host.tags['group'], '::b');
  assert.equal(await waiting, 'done');
  assert.equal(host.tags['group'], undefined);
  assert.equal(host.samples.filter(({ metric }) => metric === 'group_duration').length, 2);
});

test('names of groups and checks may not hold the separator of groups', () => {
  const { check, group } = make();
  assert.throws(() => check(1, { 'a::b': true }), /may not contain '::'/);
  assert.throws(() => group('a::b', () => 1), /may not contain '::'/);
});

test('sleep counts in seconds, and wants a number', async () => {
  const { host, sleep } = make();
  await sleep(0.25);
  await sleep(-1);
  assert.deepEqual(host.slept, [250, 0]);
  await assert.rejects(sleep(undefined), /needs a number of seconds/);
  await assert.rejects(sleep('soon'), /needs a number of seconds/);
});

test('fail throws what it is told, and randomSeed hands on whole numbers', () => {
  const { host, fail, randomSeed } = make();
  assert.throws(() => fail('no stock'), /no stock/);
  randomSeed(12.9);
  assert.deepEqual(host.seeds, [12]);
  assert.throws(() => randomSeed('x'), /needs a number/);
});

test('nothing is checked, grouped or slept in the init context', async () => {
  const { host, check, group, sleep } = make();
  host.inInit = true;
  assert.throws(() => check(1, {}), /init context/);
  assert.throws(() => group('a', () => 1), /init context/);
  await assert.rejects(sleep(1), /init context/);
});
