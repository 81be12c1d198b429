import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import type { Browser } from 'playwright';
import { JOURNEYS_AT_ONCE_MAX, JOURNEYS_PER_BROWSER_MAX, SharedBrowser, STILL_MAX } from '../../../probes/browser/shared-browser.ts';

/** How long a context of these tests may take to close. */
const CLOSE_MS_MAX = 20;
const forEver = new AbortController().signal;

/** A browser in memory: what it was asked, and how it can fail. */
class PretendBrowser extends EventEmitter {
  closed = false;
  contexts = 0;
  hangs = false;

  async newContext() {
    this.contexts += 1;
    return { newPage: async () => ({}), close: () => (this.hangs ? new Promise(() => {}) : Promise.resolve()) };
  }

  async close(): Promise<void> {
    this.closed = true;
    this.emit('disconnected');
  }
}

function pretended() {
  const started: PretendBrowser[] = [];
  const shared = new SharedBrowser(async () => {
    const browser = new PretendBrowser();
    started.push(browser);
    return browser as unknown as Browser;
  });
  return { shared, started };
}

test('all journeys share one browser, each in a context of its own, and it ends with the last user', async () => {
  const { shared, started } = pretended();
  shared.join();
  shared.join();
  for (let journeys = 0; journeys < 5; journeys += 1) assert.equal(await (await shared.visit({}, forEver)).end(CLOSE_MS_MAX), true);
  assert.deepEqual([started.length, started[0]?.contexts], [1, 5]);
  await shared.leave();
  assert.equal(started[0]?.closed, false);
  await shared.leave();
  assert.equal(started[0]?.closed, true);
});

test('no more journeys than the limit are under way at once', async () => {
  const { shared, started } = pretended();
  shared.join();
  const visits = await Promise.all(Array.from({ length: JOURNEYS_AT_ONCE_MAX }, () => shared.visit({}, forEver)));
  const waiting = shared.visit({}, forEver);
  await new Promise(setImmediate);
  assert.equal(started[0]?.contexts, JOURNEYS_AT_ONCE_MAX);
  await visits[0]?.end(CLOSE_MS_MAX);
  await waiting;
  assert.equal(started[0]?.contexts, JOURNEYS_AT_ONCE_MAX + 1);
});

test('a browser that is gone is followed by another, and one that was left too', async () => {
  const { shared, started } = pretended();
  shared.join();
  await (await shared.visit({}, forEver)).end(CLOSE_MS_MAX);
  started[0]?.emit('disconnected');
  await (await shared.visit({}, forEver)).end(CLOSE_MS_MAX);
  assert.equal(started.length, 2);
  await shared.leave();
  shared.join();
  await (await shared.visit({}, forEver)).end(CLOSE_MS_MAX);
  assert.deepEqual(
    started.map(({ closed }) => closed),
    [true, true, false],
  );
});

test('after many journeys a fresh browser follows, and the old one ends with the journey that is still in it', async () => {
  const { shared, started } = pretended();
  shared.join();
  const long = await shared.visit({}, forEver);
  for (let journeys = 1; journeys < JOURNEYS_PER_BROWSER_MAX; journeys += 1) await (await shared.visit({}, forEver)).end(CLOSE_MS_MAX);
  const next = await shared.visit({}, forEver);
  assert.deepEqual([started.length, started[0]?.closed], [2, false]);
  await long.end(CLOSE_MS_MAX);
  assert.equal(started[0]?.closed, true);
  await next.end(CLOSE_MS_MAX);
  assert.equal(started[1]?.closed, false);
});

test('a browser that stands still is told and left, and after a few of them none is started any more', async () => {
  const { shared, started } = pretended();
  shared.join();
  for (let number = 0; number < STILL_MAX; number += 1) {
    const visit = await shared.visit({}, forEver);
    const browser = started[number];
    assert.ok(browser);
    browser.hangs = true;
    assert.equal(await visit.end(CLOSE_MS_MAX), false);
  }
  await assert.rejects(shared.visit({}, forEver), /stood still/);
  assert.equal(started.length, STILL_MAX);
});

test('a start that failed is tried again by the next journey', async () => {
  let starts = 0;
  const shared = new SharedBrowser(async () => {
    starts += 1;
    if (starts === 1) throw new Error('no room');
    return new PretendBrowser() as unknown as Browser;
  });
  shared.join();
  await assert.rejects(shared.visit({}, forEver), /no room/);
  assert.equal(await (await shared.visit({}, forEver)).end(CLOSE_MS_MAX), true);
});
