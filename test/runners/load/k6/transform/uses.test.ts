import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { test } from 'node:test';
import { transformFiles } from './fake-host.ts';

test('what a script uses of k6 is listed by module, name, file and line', async () => {
  const { uses, unsupported } = await transformFiles({
    'script.js': `import http from 'k6/http';
import { check, sleep as rest } from 'k6';
import { login } from './lib.js';
export default function () {
  const { put } = http;
  check(login(), {}); rest(1);
  http['del']('/'); put('/');
  http.get('/'); http.get('/again');
}`,
    'lib.js': `import * as client from 'k6/http';
export const login = () => client.post('/login');`,
  });
  const listed = uses.map(({ module, name, file, line }) => `${basename(file)}:${line} ${module} ${name ?? '-'}`);
  assert.deepEqual(
    listed.filter((line) => !line.endsWith('-')),
    [
      'lib.js:2 k6/http post',
      'script.js:2 k6 check',
      'script.js:2 k6 sleep',
      'script.js:5 k6/http put',
      'script.js:6 k6 check',
      'script.js:6 k6 sleep',
      'script.js:7 k6/http del',
      'script.js:8 k6/http get',
    ],
  );
  assert.deepEqual(unsupported, []);
});

test('what is not carried is said with its place and reason', async () => {
  const { unsupported, path } = await transformFiles(`import http from 'k6/http';
import ws from 'k6/websockets';
import { browser } from 'k6/browser';
import sql from 'k6/x/sql';
import { nothing } from 'k6/none';
export default async function () {
  http.fetch('/');
  ws.connect('/', () => {});
  browser.newPage();
  sql.open('x');
  await import('./other.js').catch(() => nothing);
}`);
  const said = unsupported.map(({ line, reason }) => `${line}: ${reason}`).join('\n');
  assert.equal(path, 'transform');
  assert.match(said, /^2: k6\/websockets: WebSockets/m);
  assert.match(said, /^3: k6\/browser: Journeys/m);
  assert.match(said, /^4: k6\/x\/sql: Extensions/m);
  assert.match(said, /^5: k6\/none: k6 has no module/m);
  assert.match(said, /^11: import\(\) is not carried/m);
  assert.match(said, /^7: k6\/http has no 'fetch'/m);
});
