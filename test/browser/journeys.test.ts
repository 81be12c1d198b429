/** Journeys in a real browser, on pages of a server of the test's own. */
import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { launchChromium } from '../../probes/browser/chromium.ts';
import { openJourney, SCREENSHOTS_MAX, settings } from '../../probes/browser/journey.ts';
import { SharedBrowser } from '../../probes/browser/shared-browser.ts';
import type { Reading } from '../../probes/probe.ts';
import { descendantsOf } from '../helpers/descendants.ts';
import { lookOnce, noTools } from '../probes/looking.ts';
import { closedPort, httpServer, type LocalServer } from '../probes/servers.ts';

const FORM = `<h1>Hello</h1><select id="where"><option value="us">America</option><option value="eu">Europe</option></select>
<input id="name"><button id="go" onclick="document.title='done';document.querySelector('h1').textContent='Hello '+document.querySelector('#name').value+' in '+document.querySelector('#where').value">Go</button>`;

const PAGES: Readonly<Record<string, string>> = {
  '/': FORM,
  '/throws': '<h1>Hello</h1><script>setTimeout(() => { throw new Error("out of order") })</script>',
  '/complains': '<h1>Hello</h1><script>console.error("not well")</script>',
  '/asks': '<h1>Hello</h1><script>for (const path of ["/lost", "/lost?key=1", "/fine"]) fetch(path)</script>',
  '/gives-up':
    '<h1>Hello</h1><script>fetch("/slow", { signal: AbortSignal.timeout(100) }).catch(() => { document.title = "gave up" })</script>',
  '/slow': 'never',
  '/fine': 'fine',
  '/busy': '<h1>Hello</h1><script>setTimeout(() => { for (;;) {} }, 50)</script>',
  '/cookie':
    '<h1></h1><script>document.querySelector("h1").textContent = document.cookie || "stranger"; document.cookie = "seen=1"</script>',
};

/** The limit of looks that use all of it; a busy machine needs some of it to open a page. */
const SHORT_MS = 10_000;
/** A machine too busy for a browser makes looks unknown; so many are tried then. */
const LOOKS_MAX = 5;
const NOT_READY = /^the browser was (not )?ready|^the look was cut off/;
let server: LocalServer;
let address: string;
let browsers: SharedBrowser;

const answer: RequestListener = (request, response) => {
  const path = (request.url ?? '/').split('?', 1).join('');
  const page = PAGES[path];
  if (path === '/slow') return;
  if (path === '/echo') response.end(`<h1>${request.headers['x-viewer'] ?? ''}</h1>`);
  else response.writeHead(page === undefined ? 503 : 200, { 'content-type': 'text/html' }).end(page ?? 'gone');
};

before(async () => {
  server = await httpServer(answer);
  address = `http://127.0.0.1:${server.port}`;
  browsers = new SharedBrowser(() => launchChromium());
  browsers.join();
});
after(async () => {
  await browsers?.leave();
  await server?.[Symbol.asyncDispose]();
});

type Written = Readonly<Record<string, unknown>>;

interface Looked {
  readonly reading: Reading;
  readonly pictures: readonly Uint8Array[];
}

/** One look. The limit is long unless the test is about time. */
async function look(steps: readonly Written[], more: Written = {}, timeoutMs = 20_000): Promise<Looked> {
  const probe = openJourney(settings.parse({ steps, ...more }), browsers);
  const pictures: Uint8Array[] = [];
  const tools = {
    ...noTools,
    keepScreenshot: async (picture: Uint8Array) => {
      pictures.push(picture);
      return `screenshots/${pictures.length}.jpg`;
    },
  };
  let reading = await lookOnce(probe, { tools, timeoutMs });
  for (let looks = 1; looks < LOOKS_MAX && reading.status === 'unknown' && NOT_READY.test(reading.error); looks += 1) {
    reading = await lookOnce(probe, { tools, timeoutMs });
  }
  await probe.close();
  return { reading, pictures };
}

const at = (path: string) => ({ open: `${address}${path}` });
const hello = { expect: { selector: 'h1', text: 'Hello' } };

/** The detail of a reading that must be broken. */
function unservedIn({ reading }: Looked): string {
  assert.ok(reading.status === 'ok' && reading.value === null, JSON.stringify(reading));
  return reading.detail ?? '';
}

/** The same of a page that came, with a JPEG to show it. */
function brokenIn({ reading, pictures }: Looked): string {
  assert.ok(reading.status === 'ok' && reading.value === null, JSON.stringify(reading));
  assert.equal(reading.screenshot, 'screenshots/1.jpg');
  assert.deepEqual([...(pictures[0]?.subarray(0, 2) ?? [])], [0xff, 0xd8]);
  return reading.detail ?? '';
}

function seenBy({ reading, pictures }: Looked): unknown {
  assert.ok(reading.status === 'ok' && reading.value !== null, JSON.stringify(reading));
  assert.equal(pictures.length, 0);
  return reading.value;
}

test('a journey does what a person does, and is true where it sees what it has to', async () => {
  const looked = await look([
    at('/'),
    { fill: { selector: '#name', text: 'Ada (1)' } },
    { select: { selector: '#where', option: 'Europe' } },
    { click: '#go' },
    { expect: { selector: 'h1', text: 'Hello Ada (1) in eu' } },
    { until: 'document.title === "done"' },
    { wait: '10ms' },
  ]);
  assert.equal(seenBy(looked), true);
});

test('each journey is a new visitor, with the headers that it was given', async () => {
  const stranger = [at('/cookie'), { expect: { selector: 'h1', text: 'stranger' } }];
  assert.equal(seenBy(await look(stranger)), true);
  assert.equal(seenBy(await look(stranger)), true);
  assert.match(brokenIn(await look([at('/cookie'), ...stranger], {}, SHORT_MS)), /^step 3, .*it says 'seen=1'$/);
  const echoed = [at('/echo'), { expect: { selector: 'h1', text: 'sa-east-1' } }];
  assert.equal(seenBy(await look(echoed, { headers: { 'x-viewer': 'sa-east-1' } })), true);
});

describe('a journey is broken, and a screenshot shows the page that came, where', () => {
  test('the page answers with an error', async () => {
    assert.equal(brokenIn(await look([at('/nowhere')])), 'step 1, open /nowhere: answered 503');
  });

  test('nobody listens', async () => {
    const refused = { open: `http://127.0.0.1:${await closedPort()}/` };
    assert.equal(unservedIn(await look([refused])), 'step 1, open /: ERR_CONNECTION_REFUSED');
  });

  test('nothing comes in time', async () => {
    assert.equal(unservedIn(await look([at('/slow')], {}, SHORT_MS)), 'step 1, open /slow: timed out');
  });

  test('another text stands there, or nothing', async () => {
    const said = brokenIn(await look([at('/'), { expect: { selector: 'h1', text: 'Hell' } }], {}, SHORT_MS));
    assert.equal(said, "step 2, expect h1 to say 'Hell': it says 'Hello'");
    assert.match(brokenIn(await look([at('/'), { expect: { selector: 'h2' } }], {}, SHORT_MS)), /it is not there$/);
  });

  test('what was waited for never becomes true', async () => {
    const said = brokenIn(await look([at('/'), { until: 'document.querySelector("video").paused' }], {}, SHORT_MS));
    assert.match(said, /^step 2, until .*(null|undefined)/);
  });

  test('the page throws an error that nothing catches', async () => {
    assert.equal(brokenIn(await look([at('/throws'), hello, { wait: '200ms' }])), 'an error on the page: out of order');
  });

  test('a request of the page fails', async () => {
    assert.equal(brokenIn(await look([at('/asks'), hello, { wait: '300ms' }])), '503 of /lost, 503 of /lost');
  });

  test('the page hangs itself up', async () => {
    const { reading } = await look([at('/busy'), { wait: '200ms' }, { click: 'h1' }], {}, SHORT_MS);
    assert.ok(reading.status === 'unknown' || reading.value === null, JSON.stringify(reading));
  });
});

test('failed requests and complaints are counted, and may be allowed', async () => {
  const asks = [at('/asks'), hello, { wait: '300ms' }];
  assert.equal(seenBy(await look(asks, { read: 'failed-requests' })), 2);
  assert.equal(seenBy(await look(asks, { 'may-fail': ['key='], read: 'failed-requests' })), 1);
  assert.equal(seenBy(await look(asks, { 'may-fail': ['/lost'] })), true);
  assert.equal(seenBy(await look([at('/complains'), hello], { read: 'console-errors' })), 1);
  assert.equal(seenBy(await look([at('/complains'), hello])), true);
  assert.ok(Number(seenBy(await look([at('/'), hello, { wait: '300ms' }], { read: 'latency' }))) >= 300);
});

test('a request that the page itself gave up is no failed request', async () => {
  const gaveUp = [at('/gives-up'), { until: 'document.title === "gave up"' }];
  assert.equal(seenBy(await look(gaveUp, { read: 'failed-requests' })), 0);
});

test('a journey that cannot be played as it is written is unknown', async () => {
  const { reading } = await look([at('/'), { click: 'option' }], {}, SHORT_MS);
  assert.ok(reading.status === 'unknown', JSON.stringify(reading));
  assert.match(reading.error, /strict mode violation/);
});

test('screenshots of one probe have a limit', async () => {
  const probe = openJourney(settings.parse({ steps: [at('/nowhere')] }), browsers);
  let kept = 0;
  const keepScreenshot = async () => {
    kept += 1;
    return `screenshots/${kept}.jpg`;
  };
  let broken = 0;
  for (let looks = 0; looks < 2 * SCREENSHOTS_MAX && broken <= SCREENSHOTS_MAX; looks += 1) {
    const reading = await lookOnce(probe, { tools: { ...noTools, keepScreenshot }, timeoutMs: 20_000 });
    if (reading.status === 'ok') broken += 1;
  }
  await probe.close();
  assert.equal(kept, SCREENSHOTS_MAX);
});

test('a browser that is killed makes the look unknown, and the next one has another', async () => {
  assert.equal(seenBy(await look([at('/'), hello])), true);
  const probe = openJourney(settings.parse({ steps: [at('/'), hello, { wait: '15s' }] }), browsers);
  const acceptedBefore = server.accepted();
  const looking = lookOnce(probe, { timeoutMs: 20_000 });
  while (server.accepted() === acceptedBefore) await sleep(20);
  await sleep(500);
  const main = descendantsOf(process.pid).find(
    ({ command }) => command.includes('--remote-debugging-pipe') && !command.includes('--type='),
  );
  assert.ok(main);
  process.kill(main.pid, 'SIGKILL');
  const reading = await looking;
  await probe.close();
  assert.equal(reading.status, 'unknown', JSON.stringify(reading));
  assert.equal(seenBy(await look([at('/'), hello])), true);
});

test('a missing browser is unknown, with what to type', async () => {
  const none = new SharedBrowser(() => launchChromium(async () => undefined));
  const probe = openJourney(settings.parse({ steps: [at('/')] }), none);
  const reading = await lookOnce(probe);
  await probe.close();
  assert.ok(reading.status === 'unknown');
  assert.match(reading.error, /no Chromium on this machine; type apt-get install/);
});

test('when the last probe closes, no process of the browser is left', async () => {
  const own = new SharedBrowser(() => launchChromium());
  const before = new Set(descendantsOf(process.pid).map(({ pid }) => pid));
  const probe = openJourney(settings.parse({ steps: [at('/'), hello] }), own);
  const { status } = await lookOnce(probe, { timeoutMs: 20_000 });
  const started = descendantsOf(process.pid).filter(({ pid }) => !before.has(pid));
  await probe.close();
  assert.equal(status, 'ok');
  assert.ok(started.some(({ command }) => command.includes('--remote-debugging-pipe')));
  const left = descendantsOf(process.pid).filter(({ pid }) => !before.has(pid));
  assert.deepEqual(left, []);
});
