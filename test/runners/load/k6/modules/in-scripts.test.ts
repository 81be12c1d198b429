/** `k6/http` and `k6/html` under a script that was turned into one that awaits. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostRequest } from '../../../../../runners/load/k6/host.ts';
import { htmlModule, parsePage } from '../../../../../runners/load/k6/modules/html.ts';
import { httpModule } from '../../../../../runners/load/k6/modules/http.ts';
import { compileScript } from '../../../../../runners/load/k6/transform/instantiate.ts';
import { type FakeAnswer, FakeHost } from '../fake-host.ts';
import { transformFiles } from '../transform/fake-host.ts';

/** Runs the default function once, and gives the URLs asked for, in order, and what it returned. */
async function run(source: string, answer: (request: HostRequest) => FakeAnswer) {
  const script = await transformFiles(source);
  assert.deepEqual(script.obstacles, []);
  const host = new FakeHost(answer);
  const http = httpModule(host, parsePage).exports;
  const html = htmlModule();
  const modules = { 'k6/http': { ...http, default: http }, 'k6/html': { ...html, default: html } };
  const exported = compileScript(script)({ modules, globals: {} });
  const body = exported['default'];
  assert.ok(typeof body === 'function');
  const result: unknown = await body();
  return { urls: host.requests.map(({ url }) => url), result };
}

const PAGE = '<a href="/1">one</a><a href="/2">two</a><form action="/send"><input name="q" value="v"></form>';

test('a page’s links are asked for one after the other, from each, map, filter and a loop', async () => {
  const { urls, result } = await run(
    `import http from 'k6/http';
    export default function () {
      const page = http.get('http://a/');
      const links = page.html('a');
      links.each((i, link) => { http.get('http://a/each' + link.getAttribute('href')); });
      const texts = links.map((i, link) => http.get('http://a/map' + link.attr('href')).body);
      const kept = links.filter((i, link) => http.get('http://a/filter' + link.attr('href')).json('keep'));
      for (const link of links.toArray()) http.get('http://a/loop' + link.attr('href'));
      return [texts, kept.size(), page.submitForm().url, page.clickLink({ selector: 'a:nth-child(2)' }).url];
    }`,
    ({ url }) => ({ body: url === 'http://a/' ? PAGE : JSON.stringify({ keep: url.endsWith('2') }) }),
  );
  const steps = ['each', 'map', 'filter', 'loop'].flatMap((step) => [`http://a/${step}/1`, `http://a/${step}/2`]);
  assert.deepEqual(urls, ['http://a/', ...steps, 'http://a/send?q=v', 'http://a/2']);
  assert.deepEqual(result, [['{"keep":false}', '{"keep":true}'], 1, 'http://a/send?q=v', 'http://a/2']);
});

test('requests at once and in a batch, with names, jars and expected statuses', async () => {
  const { urls, result } = await run(
    `import { batch, asyncRequest, url, get, CookieJar, expectedStatuses } from 'k6/http';
    export default async function () {
      const both = await Promise.all([asyncRequest('GET', 'http://a/1'), asyncRequest('GET', 'http://a/2')]);
      const [third] = batch([url\`http://a/\${3}\`]);
      const jar = new CookieJar();
      jar.set('http://a/', 'sid', '1');
      const last = get('http://a/4', { jar, responseCallback: expectedStatuses(404) });
      return [...both.map((each) => each.body), third.body, last.request.cookies.sid[0].value];
    }`,
    ({ url }) => ({ body: url }),
  );
  assert.deepEqual(urls, ['http://a/1', 'http://a/2', 'http://a/3', 'http://a/4']);
  assert.deepEqual(result, ['http://a/1', 'http://a/2', 'http://a/3', '1']);
});
