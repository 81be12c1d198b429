import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ScriptTeam } from '../../../../../runners/load/k6/run/script-team.ts';
import { play, serve } from './play.ts';

test('a script that loops for ever is ended and named: scenario, virtual user, function and line', async (t) => {
  const { exitCode, stderr } = await play(
    t,
    `export const options = { scenarios: { buyers: { executor: 'constant-vus', vus: 2, duration: '60s' } } };
     let total = 0;
     function spin() {
       for (;;) total += 1;
     }
     export default function () { if (__VU === 2) spin(); }`,
  );
  assert.equal(exitCode, 102);
  assert.match(stderr, /script\.js \(scenario buyers, virtual user 2, its iteration \d+\) said nothing for 5000 ms and was ended/);
  assert.match(stderr, /at spin \(script\.js:4:/);
  assert.match(stderr, /hint: a loop that neither ends nor waits/);
});

test('an iteration that throws is told once with its place, counted, and the test goes on without spinning', async (t) => {
  const { exitCode, stderr, summary } = await play(
    t,
    `export const options = { vus: 2, duration: '1s' };
     function order() {
       throw new TypeError('no cart');
     }
     export default function () { order(); }`,
  );
  assert.equal(exitCode, 0, stderr);
  const count = summary.metrics['iterations']?.['count'] ?? 0;
  assert.ok(count >= 4 && count <= 24, `${count} iterations of two virtual users in a second`);
  assert.equal(stderr.match(/TypeError: no cart\n\s+at order \(script\.js:3:/g)?.length, 1);
  assert.match(stderr, new RegExp(`${count} times in all: TypeError: no cart`));
});

test('iterations that wait for nothing leave the test its time and its end', async (t) => {
  const { exitCode, stderr, summary } = await play(
    t,
    `export const options = { vus: 3, duration: '1s' };
     export default function () {}`,
  );
  assert.equal(exitCode, 0, stderr);
  assert.ok((summary.metrics['iterations']?.['count'] ?? 0) > 100);
});

test('a dead target does not turn a closed loop into a busy one', async (t) => {
  const { exitCode, summary, stderr } = await play(
    t,
    `import http from 'k6/http';
     export const options = { vus: 1, duration: '1s' };
     export default function () { http.get('http://127.0.0.1:9/'); }`,
  );
  assert.equal(exitCode, 0, stderr);
  assert.ok((summary.metrics['iterations']?.['count'] ?? 0) <= 12);
  assert.equal(summary.metrics['http_req_failed']?.['value'], 1);
});

test('unbounded memory ends the process of the script with a clear word', async (t) => {
  const { folder } = await play(t, 'export default function () {}');
  const path = join(folder, 'greedy.js');
  writeFileSync(
    path,
    `import { sleep } from 'k6';
     const kept = [];
     export const options = { duration: '60s' };
     export default function () { for (let i = 0; i < 20000; i++) kept.push({ i, text: 'x'.repeat(50) + i }); sleep(0.001); }`,
  );
  const script = new ScriptTeam({
    order: {
      path,
      folder,
      environment: {},
      sources: { below: [], above: [] },
      switches: { setup: true, teardown: true, thresholds: true, summary: true },
      terminals: { noColor: true, stdoutIsTerminal: false, stderrIsTerminal: false },
      seed: 1,
    },
    startNs: process.hrtime.bigint(),
    hear: () => {},
    heapMbMax: 64,
    silenceMsMax: 30_000,
  });
  await assert.rejects(script.done, /took more than 64 MB of memory, and its process ended/);
});

test('nothing of Node is there, and what k6 has is', async (t) => {
  const server = await serve(t);
  const { exitCode, stderr } = await play(
    t,
    `import http from 'k6/http';
     const names = [typeof process, typeof fetch, typeof Buffer, typeof global, typeof module, typeof __dirname, typeof setImmediate];
     const ours = [typeof __ENV, typeof __VU, typeof __ITER, typeof open, typeof console.log, typeof setTimeout, typeof crypto.subtle.digest];
     export default function () { http.post('${server.url}/', JSON.stringify([names, ours])); }`,
  );
  assert.equal(exitCode, 0, stderr);
  assert.deepEqual(JSON.parse(server.asked[0]?.body ?? ''), [
    new Array(7).fill('undefined'),
    ['object', 'number', 'number', 'function', 'function', 'function', 'function'],
  ]);
});
