/** The fabric's page in a real browser, on a server that answers as the front door does. */
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { after, before, beforeEach, test } from 'node:test';
import { playerPage } from '../../experiments/fabric/services/page.ts';
import { SEGMENT_TYPE, segmentBytes } from '../../experiments/fabric/services/segment.ts';
import { launchChromium } from '../../probes/browser/chromium.ts';
import { openJourney, settings } from '../../probes/browser/journey.ts';
import { SharedBrowser } from '../../probes/browser/shared-browser.ts';
import type { Reading } from '../../probes/probe.ts';
import { lookOnce } from '../probes/looking.ts';
import { httpServer, type LocalServer } from '../probes/servers.ts';

type Answering = (path: string, asked: number) => 'fine' | 'error' | 'silence' | 'garbage';

let server: LocalServer;
let browsers: SharedBrowser;
let answering: Answering;
let asked: { readonly path: string; readonly region: unknown }[];

function answer(path: string, how: ReturnType<Answering>, response: ServerResponse): void {
  const json = (status: number, body: object) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  if (how === 'silence') return;
  if (how === 'error') json(503, { error: 'the replica is more than 2000 ms behind' });
  else if (path === '/') response.writeHead(200, { 'content-type': 'text/html' }).end(playerPage());
  else if (path.startsWith('/segment/'))
    response.writeHead(200, { 'content-type': SEGMENT_TYPE }).end(how === 'garbage' ? 'no film' : segmentBytes());
  else {
    const body = { region: 'eu-central-1', version: asked.length, ageMs: 40, stale: false, cache: 'hit' };
    json(
      200,
      path.startsWith('/live/') ? { ...body, channel: 'channel-1' } : { ...body, segments: ['/segment/video-1/1', '/segment/video-1/2'] },
    );
  }
}

before(async () => {
  server = await httpServer((request, response) => {
    const path = (request.url ?? '/').split('?', 1).join('');
    asked.push({ path, region: request.headers['x-viewer-region'] });
    answer(path, answering(path, asked.filter((each) => each.path.startsWith('/segment/')).length), response);
  });
  browsers = new SharedBrowser(() => launchChromium());
  browsers.join();
});
beforeEach(() => {
  asked = [];
  answering = () => 'fine';
});
after(async () => {
  await browsers?.leave();
  await server?.[Symbol.asyncDispose]();
});

/** What a viewer in Europe sees of a channel or film, by the steps of replication-throttling. */
async function watch(what: string, forMs: number, timeoutMs = 20_000): Promise<Reading> {
  const address = `http://127.0.0.1:${server.port}/?viewer=eu-central-1&watch=${what}`;
  const steps = [{ open: address }, { plays: { for: `${forMs}ms` } }, { expect: { selector: '#errors', text: '0' } }];
  const probe = openJourney(settings.parse({ steps }), browsers);
  const reading = await lookOnce(probe, { timeoutMs });
  await probe.close();
  return reading;
}

const detailOf = (reading: Reading) =>
  reading.status === 'ok' && reading.value === null ? (reading.detail ?? '') : JSON.stringify(reading);

for (const what of ['/live/channel-1', '/manifest/video-1']) {
  test(`${what} plays on from segment to segment, asked for where the viewer is`, async () => {
    const reading = await watch(what, 5000);
    assert.ok(reading.status === 'ok' && reading.value === true, JSON.stringify(reading));
    const fetched = asked.filter(({ path }) => path !== '/');
    assert.ok(fetched.filter(({ path }) => path.startsWith('/segment/')).length >= 3);
    assert.ok(fetched.some(({ path }) => path === what) && fetched.every(({ region }) => region === 'eu-central-1'));
  });
}

test('no more than a few seconds are fetched ahead', async () => {
  await watch('/live/channel-1', 4000);
  const segments = asked.filter(({ path }) => path.startsWith('/segment/')).length;
  assert.ok(segments >= 3 && segments <= 6, `${segments} segments of 2 s for 4 s`);
});

test('an answer that is an error breaks what the viewer sees, and so does one that the video outlives', async () => {
  answering = (path) => (path.startsWith('/live/') ? 'error' : 'fine');
  assert.match(detailOf(await watch('/live/channel-1', 2000, 6000)), /step 2, video plays: it did not begin to play/);
  answering = (path, segments) => (path.startsWith('/live/') && segments >= 2 ? 'error' : 'fine');
  assert.match(detailOf(await watch('/live/channel-1', 2000)), /step 3, expect #errors to say '0': it says '\d+'|503 of \/live\/channel-1/);
});

test('a video whose next segment never comes stands still', async () => {
  answering = (path, segments) => (path.startsWith('/segment/') && segments > 2 ? 'silence' : 'fine');
  assert.match(detailOf(await watch('/live/channel-1', 8000)), /step 2, video plays: it stood still for [\d.]+s after [34]/);
});

test('a segment that is no film is told as such', async () => {
  answering = (path) => (path.startsWith('/segment/') ? 'garbage' : 'fine');
  assert.match(detailOf(await watch('/live/channel-1', 2000, 6000)), /step 2, video plays: (?!it did not begin)/);
});
