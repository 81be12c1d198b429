/** What is kept outside for responses and jars of a script in QuickJS: as long as somebody inside has them, and no longer. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { K6_EXIT, ScriptFailure } from '../../../../../runners/load/k6/exit-codes.ts';
import { OpenFiles } from '../../../../../runners/load/k6/open-files.ts';
import { ASK, WAIT } from '../../../../../runners/load/k6/quickjs/bridge.ts';
import { loadEngine } from '../../../../../runners/load/k6/quickjs/engine.ts';
import { HttpDesk } from '../../../../../runners/load/k6/quickjs/http-desk.ts';
import { instantiateInQuickJs } from '../../../../../runners/load/k6/quickjs/quickjs-script.ts';
import { FakeHost } from '../fake-host.ts';
import { type Answering, player } from './both-paths.ts';

const MB = 1024 * 1024;
setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** Runs iterations, and gives what is said in them. */
async function begin(t: TestContext, script: string, answer?: Answering) {
  const { vu, events } = await player(t, script, 'quickjs', answer);
  let count = 0;
  const iterate = async (times: number): Promise<readonly string[]> => {
    events.length = 0;
    for (const until = count + times; count < until; count += 1) {
      vu.begin(0, count, { keepsCookies: false });
      await vu.call('default');
      if (times > 1) events.length = 0;
    }
    return events.flatMap((event) => (event.startsWith('info: ') ? [event.slice('info: '.length)] : []));
  };
  return { vu, events, iterate };
}

function memoryBytes(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Memory is given back some time after it was let go. */
const GROWTH_MAX = 40 * MB;
const LARGE = 'y'.repeat(100_000);

test('answers that nobody has any more are let go, within one iteration and from one to the next, read or not', async (t) => {
  const { iterate } = await begin(
    t,
    `import http from 'k6/http';
     let last;
     export default function () {
       for (let i = 0; i < 50; i += 1) { last = http.get('http://t/' + i); if (i % 2) last.body; }
       http.batch(['http://t/a', 'http://t/b']);
     }`,
    () => ({ body: LARGE }),
  );
  await iterate(2);
  const early = memoryBytes();
  await iterate(20);
  assert.ok(memoryBytes() - early < GROWTH_MAX, '100 MB have come');
});

test('jars that a script makes again and again are let go, also where it sends nothing', async (t) => {
  const { iterate } = await begin(
    t,
    `import http from 'k6/http';
     export default function () {
       for (let i = 0; i < 50; i += 1) new http.CookieJar().set('http://t/', 'a', '${LARGE}');
       http.cookieJar().set('http://t/', 'b', '1');
     }`,
  );
  await iterate(5);
  const early = memoryBytes();
  await iterate(20);
  assert.ok(memoryBytes() - early < GROWTH_MAX, '100 MB have been set');
});

test('a response that is kept gives its body and all else iterations later, also when one in between was given up', async (t) => {
  const { iterate, vu, events } = await begin(
    t,
    `import http from 'k6/http';
     const kept = [];
     export default function () {
       if (__ITER === 1) http.batch(['http://t/a', 'http://t/never']);
       for (let i = 0; i < 10; i += 1) { const response = http.get('http://t/' + __ITER + '/' + i); if (i === 4) kept.push(response); }
       console.log(kept.map((each) => [each.url, each.body, each.request.url, each.timings.duration].join(' ')).join('|'));
     }`,
    ({ url }) => (url.endsWith('never') ? new Promise(() => {}) : { body: `of ${url}` }),
  );
  const shown = (iteration: number): string => `http://t/${iteration}/4 of http://t/${iteration}/4 http://t/${iteration}/4 12`;
  assert.deepEqual(await iterate(1), [shown(0)]);
  vu.begin(0, 1, { keepsCookies: false });
  const given = vu.call('default');
  while (!events.some((event) => event.includes('never'))) await new Promise((resolve) => setImmediate(resolve));
  vu.host.giveUp();
  await assert.rejects(given, /interrupted/);
  assert.deepEqual(await iterate(1), [`${shown(0)}|${shown(2)}`]);
  assert.deepEqual(await iterate(1), [`${shown(0)}|${shown(2)}|${shown(3)}`]);
});

test('what is let go inside is dropped outside, and a jar begins empty when it is first spoken of', async () => {
  const desk = new HttpDesk(new FakeHost(), () => {});
  const ask = (what: number, text: string) => desk.answers[what]?.(text, undefined);
  assert.match(await desk.wait(WAIT.request, '1\nGET\n"http://t/"\n'), /^200\n0\n8080\n200 OK\nhttp:\/\/t\/\n/);
  assert.equal(ask(ASK.headers, '1'), '{}');
  const url = { scheme: 'http', hostname: 't', path: '/' };
  const cookie = { name: 'a', value: 'b', domain: '', path: '', secure: false };
  ask(ASK.jarKeep, JSON.stringify([2, url, cookie]));
  assert.equal(ask(ASK.jarSent, JSON.stringify([2, url])), '[["a","b"]]');
  await desk.wait(WAIT.request, '3 1,2\nGET\n"http://t/"\n');
  assert.throws(() => ask(ASK.headers, '1'), /response 1 is not kept/);
  assert.equal(ask(ASK.jarSent, JSON.stringify([2, url])), '[]');
  ask(ASK.gone, '3');
  assert.throws(() => ask(ASK.headers, '3'), /response 3 is not kept/);
});

test('an answer that comes after its call is not told to the next one', async () => {
  const told: string[] = [];
  let answer: () => void = () => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const host = new FakeHost();
  const plain = host.request.bind(host);
  host.requestLater = async (request) => {
    await answered;
    return plain(request);
  };
  const desk = new HttpDesk(host, (text) => told.push(text()));
  const later = (number: number) => desk.answers[ASK.requestLater]?.(`${number}\nGET\n"http://t/"\n`, undefined);
  assert.equal(later(1), undefined);
  assert.equal(desk.laters, 1);
  desk.begin();
  assert.equal(desk.laters, 0);
  later(2);
  answer();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(
    told.map((text) => text.slice(0, 6)),
    ['2 200\n'],
  );
  assert.equal(desk.laters, 0);
});

test('requests are refused in the init context, and what a promise of a request failed with is an Error of the script’s', async (t) => {
  const { iterate, events } = await begin(
    t,
    `import http from 'k6/http';
     try { http.get('http://t/'); } catch (error) { console.log(error instanceof Error, error.message); }
     export default async function () {
       try { await http.asyncRequest('GET', 'http://t/', null, { throw: true }); } catch (error) { console.log(error instanceof Error, error.message); }
     }`,
    () => ({ status: 0, error: 'refused' }),
  );
  assert.deepEqual(events, ['info: true requests cannot be made in the init context; make them in setup() or in the function that is run']);
  assert.deepEqual(await iterate(1), ['true GET http://t/: refused']);
});

test('memory that is taken in the midst of an iteration ends the test as well', async () => {
  const engine = await loadEngine();
  assert.ok(engine);
  const host = new FakeHost();
  Object.defineProperty(engine, 'look', {
    value: () => {
      if (host.requests.length > 3) throw new ScriptFailure('too much memory', K6_EXIT.generic);
    },
  });
  const script = {
    entry: '/script.js',
    parameters: ['modules'],
    code: `const http = modules['k6/http']; const kept = []; return { default: () => { for (let i = 0; i < 20000; i += 1) try { kept.push(http.get('http://t/')); } catch {} } };`,
  };
  const instantiate = await instantiateInQuickJs(
    { script, obstacles: '', readsPages: false, originalStack: (stack) => stack },
    async () => engine,
  );
  const files = new OpenFiles('/script.js');
  const { exports } = instantiate({ host, files, environment: {}, vu: 1, iteration: () => 0, onGiveUp: () => {} });
  const { default: run } = await exports;
  assert.ok(typeof run === 'function');
  await assert.rejects(run(), /too much memory/);
  assert.ok(host.requests.length < 20_000, 'it was ended before it came to its end');
  await assert.rejects(run(), /too much memory/, 'it begins no more');
});
