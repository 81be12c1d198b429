import assert from 'node:assert/strict';
import { test } from 'node:test';
import { play, serve } from './play.ts';

test('flags stand over the environment, which stands over the script, which stands over a configuration', async (t) => {
  const server = await serve(t);
  const source = `import http from 'k6/http';
     import exec from 'k6/execution';
     export const options = { iterations: 2, userAgent: 'script', tags: { from: 'script' }, maxRedirects: 3 };
     export default function () { http.get('${server.url}/' + exec.test.options.userAgent + '/' + exec.test.options.maxRedirects + '/' + exec.test.options.batch); }`;
  const files = { 'config.json': JSON.stringify({ iterations: 9, userAgent: 'config', maxRedirects: 9, batch: 9 }) };
  const played = [
    await play(t, source, { files, flags: ['--config', 'config.json'] }),
    await play(t, source, { files, flags: ['--config', 'config.json'], environment: { K6_USER_AGENT: 'environment', K6_ITERATIONS: '3' } }),
    await play(t, source, {
      flags: ['--user-agent', 'flag', '-i', '4'],
      environment: { K6_USER_AGENT: 'environment', K6_ITERATIONS: '3' },
    }),
  ];
  assert.deepEqual(
    played.map(({ exitCode }) => exitCode),
    [0, 0, 0],
    played.map(({ stderr }) => stderr).join('\n'),
  );
  assert.deepEqual(
    Object.entries(Object.groupBy(server.asked, ({ url }) => url)).map(([url, all]) => [url, all?.length, all?.[0]?.headers['user-agent']]),
    [
      ['/script/3/9', 2, 'script'],
      ['/environment/3/9', 3, 'environment'],
      ['/flag/3/undefined', 4, 'flag'],
    ],
  );
});

test('a shortcut on the command line puts the scenarios of the script aside', async (t) => {
  const server = await serve(t);
  const { exitCode, summary, stdout, stderr } = await play(
    t,
    `import http from 'k6/http';
     export const options = { scenarios: { long: { executor: 'constant-vus', vus: 5, duration: '10m', exec: 'other' } } };
     export function other() { http.get('${server.url}/other'); }
     export default function () { http.get('${server.url}/default'); }`,
    { flags: ['--vus', '2', '--iterations', '6'] },
  );
  assert.equal(exitCode, 0, stderr);
  assert.deepEqual([server.count('/default'), server.count('/other')], [6, 0]);
  assert.equal(summary.metrics['iterations']?.['count'], 6);
  assert.match(stdout, /default: shared-iterations, 6 iterations/);
});

test('stages on the command line ramp virtual users', async (t) => {
  const { exitCode, stdout, summary, stderr } = await play(t, "import { sleep } from 'k6';\nexport default function () { sleep(0.05); }", {
    flags: ['-u', '0', '-s', '300ms:4', '--stage', '300ms:4', '-s', '200ms:0'],
  });
  assert.equal(exitCode, 0, stderr);
  assert.match(stdout, /ramping-vus, virtual users from 0 to 4 in 300ms, 4 in 300ms, 0 in 200ms/);
  assert.ok((summary.metrics['iterations']?.['count'] ?? 0) >= 4);
});

test('variables come from the environment and from -e, which stands over it', async (t) => {
  const server = await serve(t);
  const { exitCode, stderr } = await play(
    t,
    `import http from 'k6/http';
     export default function () { http.get('${server.url}/' + [__ENV.HOST, __ENV.USER_NAME, __ENV.EMPTY, __ENV.K6_VUS].join('/')); }`,
    { flags: ['-e', 'HOST=given', '--env', 'EMPTY='], environment: { HOST: 'found', USER_NAME: 'ada' } },
  );
  assert.equal(exitCode, 0, stderr);
  assert.deepEqual(
    server.asked.map(({ url }) => url),
    ['/given/ada//'],
  );
});

test('setup, teardown, thresholds and summary can be left out', async (t) => {
  const server = await serve(t);
  const { exitCode, stdout, stderr } = await play(
    t,
    `import http from 'k6/http';
     export const options = { thresholds: { iterations: ['count>100'] } };
     export function setup() { http.get('${server.url}/setup'); }
     export default function (data) { http.get('${server.url}/' + typeof data); }
     export function teardown() { http.get('${server.url}/teardown'); }
     export function handleSummary() { return { stdout: 'mine' }; }`,
    { flags: ['--no-setup', '--no-teardown', '--no-thresholds', '--no-summary', '--quiet'] },
  );
  assert.equal(exitCode, 0, stderr);
  assert.deepEqual(
    server.asked.map(({ url }) => url),
    ['/undefined'],
  );
  assert.equal(stdout, '');
});
