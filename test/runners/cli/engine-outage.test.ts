import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AWAY_MS_MAX, isLostConnection, outlastOutage } from '../../../runners/cli/engine-outage.ts';
import { virtualTime } from '../../helpers/virtual-time.ts';

const broken = (code: string, more: object = {}) => Object.assign(new Error(`${code}: it broke`), { code, ...more });

/** An engine that answers from this instant on, and what was done on it, with each instant of a word that it is away. */
function scene(answersFromMs: number, act: (attempt: number, nowMs: number) => string) {
  const time = virtualTime();
  const { clock } = time;
  const toldMs: number[] = [];
  let attempts = 0;
  const docker = { ping: async () => (clock.nowMs() < answersFromMs ? Promise.reject(broken('ECONNREFUSED')) : 'OK') };
  const onAway = () => toldMs.push(clock.nowMs());
  const acting = async () => {
    attempts += 1;
    return act(attempts, clock.nowMs());
  };
  return { toldMs, attempts: () => attempts, result: time.play(() => outlastOutage(acting, { docker, clock, onAway })) };
}

test('what is done on an engine that answers is done once, and nothing is told', async () => {
  const { result, toldMs } = scene(0, (attempt, nowMs) => `attempt ${attempt} at ${nowMs}`);
  assert.equal(await result, 'attempt 1 at 0');
  assert.deepEqual(toldMs, []);
});

test('an engine that is away is waited for, which is told once', async () => {
  const { result, toldMs } = scene(7_300, (attempt, nowMs) => `attempt ${attempt} at ${nowMs}`);
  assert.equal(await result, 'attempt 1 at 7500');
  assert.deepEqual(toldMs, [0]);
});

test('what a broken connection cut short is done again from its beginning', async () => {
  const { result } = scene(0, (attempt) => {
    if (attempt < 3) throw broken('ECONNRESET');
    return `attempt ${attempt}`;
  });
  assert.equal(await result, 'attempt 3');
});

test('an engine that stays away is given up at the limit', async () => {
  const { result, toldMs, attempts } = scene(AWAY_MS_MAX + 5_000, () => 'never');
  await assert.rejects(result, { code: 'ECONNREFUSED' });
  assert.deepEqual([toldMs, attempts()], [[0], 0]);
});

test('what fails for another reason is not tried again', async () => {
  const { result, attempts } = scene(0, () => {
    throw new Error('the engine answered 409');
  });
  await assert.rejects(result, /409/);
  assert.equal(attempts(), 1);
});

test('a lost connection is known by its code, also as the cause of an error of ours, and a missing file is none', () => {
  assert.ok(isLostConnection(broken('ECONNRESET')));
  assert.ok(isLostConnection(new Error('the orders cannot be read', { cause: broken('EPIPE') })));
  assert.ok(isLostConnection(broken('ENOENT', { syscall: 'connect' })));
  assert.ok(!isLostConnection(broken('ENOENT', { syscall: 'open' })));
  assert.ok(!isLostConnection('ECONNRESET'));
});
