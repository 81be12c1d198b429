import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { main } from '../../../runners/cli/main.ts';
import { type Asked, serve } from '../../runners/load/k6/run/play.ts';

/** Runs an example as its first lines say, and gives its exported summary. */
async function example(t: TestContext, name: string, base: string) {
  const folder = mkdtempSync(join(tmpdir(), 'firedrill-examples-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(fileURLToPath(new URL('../../../experiments/load/', import.meta.url)), folder, { recursive: true });
  const said: string[] = [];
  const write = (text: string) => said.push(text);
  const exitCode = await main({
    args: ['load', name, '-e', `BASE=${base}`, '--summary-export', 'summary.json'],
    environment: {},
    workingDirectory: folder,
    stdout: { write },
    stderr: { write },
    onSignal: () => () => {},
  });
  assert.equal(exitCode, 0, said.join(''));
  return JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8'));
}

test('the shop is asked for exactly what its script says', async (t) => {
  const server = await serve(t, ({ method, url }: Asked, response) => {
    response.statusCode = method === 'POST' ? 201 : 200;
    response.end(JSON.stringify(url === '/session' ? { token: 'abc' } : { items: ['lamp', 'chair'] }));
  });
  const { metrics } = await example(t, 'checkout.js', server.url);
  const counts = Object.entries(Object.groupBy(server.asked, ({ method, url }) => `${method} ${url}`)).map(([what, all]) => [
    what,
    all?.length,
  ]);
  assert.deepEqual(Object.fromEntries(counts), { 'POST /session': 1, 'GET /items': 20, 'POST /orders': 4, 'DELETE /session': 1 });
  assert.ok(server.asked.slice(1).every(({ headers }) => headers.authorization === 'Bearer abc'));
  assert.ok(server.asked.filter(({ url }) => url === '/orders').every(({ body }) => body === 'count=1&item=lamp'));
  assert.equal(metrics.orders.count, 4);
  assert.equal(metrics.iterations.count, 20);
  assert.deepEqual([metrics.checks.passes, metrics.checks.fails], [1 + 40 + 4, 0]);
});

test('readers arrive as planned, each from the shared list', async (t) => {
  const server = await serve(t);
  const { metrics } = await example(t, 'readers.ts', server.url);
  assert.equal(server.asked.length, 40);
  assert.equal(metrics.iterations.count, 40);
  assert.deepEqual([...new Set(server.asked.map(({ url }) => url))].sort(), ['/pages/ada', '/pages/grace', '/pages/katherine']);
});
