/** One virtual user in QuickJS: what is given up, what comes after it, and what it may not do. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INTERRUPTED } from '../../../../../runners/load/k6/host.ts';
import { player } from './both-paths.ts';

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

test('an iteration that is given up runs neither its catch nor its finally, and the next one finds the variables as they were', async (t) => {
  const { events, vu } = await player(
    t,
    `import http from 'k6/http';
     let count = 0;
     export default function () {
       count += 1;
       console.log('iteration ' + count);
       try { http.get('http://t/' + count); console.log('answered'); } catch (e) { console.log('caught'); } finally { console.log('finally'); }
     }`,
    'quickjs',
    ({ url }) => (url.endsWith('/1') ? new Promise(() => {}) : { body: '{}' }),
  );
  vu.begin(0, 0, { keepsCookies: false });
  const first = vu.call('default');
  await until(() => events.some((event) => event.startsWith('> ')));
  vu.host.giveUp();
  vu.begin(0, 1, { keepsCookies: false });
  const second = vu.call('default');
  await assert.rejects(first, new RegExp(INTERRUPTED));
  await second;
  assert.deepEqual(
    events.filter((event) => event.startsWith('info')),
    ['info: iteration 1', 'info: iteration 2', 'info: answered', 'info: finally'],
  );
});

test('promises and timers of an iteration that is given up are heard of no more', async (t) => {
  const { events, vu } = await player(
    t,
    `import http from 'k6/http';
     let count = 0;
     export default async function () {
       count += 1;
       if (count > 1) { console.log('second'); return; }
       setTimeout(() => console.log('timer'), 5);
       const later = http.asyncRequest('GET', 'http://t/later').then(() => console.log('later'));
       await null;
       http.get('http://t/never');
       await later;
       console.log('end');
     }`,
    'quickjs',
    ({ url }) => (url.endsWith('/never') ? new Promise(() => {}) : { body: '{}' }),
  );
  vu.begin(0, 0, { keepsCookies: false });
  const first = vu.call('default');
  await until(() => events.some((event) => event.includes('/never')));
  vu.host.giveUp();
  await assert.rejects(first, new RegExp(INTERRUPTED));
  vu.begin(0, 1, { keepsCookies: false });
  await vu.call('default');
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(
    events.filter((event) => event.startsWith('info')),
    ['info: second'],
  );
});

test('a promise that nobody keeps does not keep an iteration from its end', async (t) => {
  const { vu } = await player(t, `export default async function () { await new Promise(() => {}); }`, 'quickjs');
  vu.begin(0, 0, { keepsCookies: false });
  assert.equal(await vu.call('default'), undefined);
});

test('what a timer throws fails the iteration, when all else is done', async (t) => {
  const { events, vu } = await player(
    t,
    `export default function () { setTimeout(() => { throw new Error('late'); }, 1); setTimeout(() => console.log('still'), 10); }`,
    'quickjs',
  );
  vu.begin(0, 0, { keepsCookies: false });
  await assert.rejects(vu.call('default'), /late/);
  assert.deepEqual(events, ['info: still']);
});

test('many iterations of many requests take no more memory than the first ones', async (t) => {
  const { vu, events } = await player(
    t,
    `import http from 'k6/http';
     import { check } from 'k6';
     export default function () {
       for (let i = 0; i < 20; i += 1) check(http.post('http://t/' + i, 'x'.repeat(2000)), { ok: (r) => r.body.length > 0 });
     }`,
    'quickjs',
    () => ({ body: 'y'.repeat(20_000) }),
  );
  const run = async (times: number): Promise<number> => {
    for (let index = 0; index < times; index += 1) {
      vu.begin(0, index, { keepsCookies: false });
      await vu.call('default');
      events.length = 0;
    }
    return process.memoryUsage().arrayBuffers;
  };
  const early = await run(10);
  const late = await run(60);
  assert.ok(late - early < 4 * 1024 * 1024, `${early} bytes, then ${late}`);
});

test('answers with bytes that are no text, with zeros and with a lone surrogate come as they were sent', async (t) => {
  const { events, vu } = await player(
    t,
    `import http from 'k6/http';
     export default function () {
       const codes = (text) => Array.from(text, (c) => c.codePointAt(0));
       console.log(codes(http.get('http://t/zero').body), codes(http.get('http://t/broken').body), codes(http.get('http://t/wide').body));
       http.post('http://t/sent', 'a\\u0000\\ud83d\\ude00');
     }`,
    'quickjs',
    ({ url }) => ({ body: url.endsWith('zero') ? 'a\0b' : url.endsWith('broken') ? Buffer.from([0x61, 0xff, 0x62]) : 'é😀' }),
  );
  vu.begin(0, 0, { keepsCookies: false });
  await vu.call('default');
  assert.deepEqual(
    events.filter((event) => event.startsWith('info')),
    ['info: [97,0,98] [97,65533,98] [233,128512]'],
  );
  assert.ok(events.some((event) => event.endsWith('a\0😀')));
});
