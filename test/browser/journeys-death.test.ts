/** What is left of a browser when the process that looked through it is killed: nothing, because it ends with the pipe that it is told by. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findChromium } from '../../probes/browser/chromium.ts';
import { type Descendant, descendantsOf, isAlive } from '../helpers/descendants.ts';
import { httpServer } from '../probes/servers.ts';

const STARTED_MS_MAX = 30_000;
const ENDED_MS_MAX = 10_000;

/** The browser of a process, once a page of it is there. */
async function browserOf(child: ChildProcess): Promise<readonly Descendant[]> {
  const byMs = performance.now() + STARTED_MS_MAX;
  while (performance.now() < byMs) {
    const found = descendantsOf(child.pid ?? 0);
    if (found.some(({ command }) => command.includes('--type=renderer'))) return found;
    await sleep(100);
  }
  throw new Error(`no browser was started within ${STARTED_MS_MAX} ms`);
}

/** Those of them that are still there after the time that an end may take. */
async function leftOf(all: readonly Descendant[], limitMs: number): Promise<readonly Descendant[]> {
  const byMs = performance.now() + limitMs;
  while (performance.now() < byMs && all.some(({ pid }) => isAlive(pid))) await sleep(50);
  return all.filter(({ pid }) => isAlive(pid));
}

test('after kill -9 of the process that looks, no process of its browser is left', async () => {
  await using server = await httpServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hello</h1>'));
  const wandering = fileURLToPath(new URL('./wandering.ts', import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), 'firedrill-browser-'));
  const env = { ...process.env, TMPDIR: folder };
  const child = spawn(process.execPath, [wandering, `http://127.0.0.1:${server.port}/`], { stdio: 'ignore', env });
  const started = await browserOf(child);
  assert.ok(started.length >= 2, JSON.stringify(started));
  child.kill('SIGKILL');
  assert.deepEqual(await leftOf(started, ENDED_MS_MAX), []);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

test('a browser that is told over a port instead outlives such a death', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'firedrill-browser-'));
  const path = await findChromium();
  assert.ok(path);
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--remote-debugging-port=0'];
  const script = `require('node:child_process').spawn(${JSON.stringify(path)}, ${JSON.stringify([...flags, `--user-data-dir=${folder}`, 'about:blank'])}, { detached: true, stdio: 'ignore' }); setInterval(() => {}, 1000)`;
  const child = spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
  const started = await browserOf(child);
  const main = descendantsOf(child.pid ?? 0).find(({ command }) => !command.includes('--type=') && command.includes('--user-data-dir'));
  assert.ok(main);
  child.kill('SIGKILL');
  const left = await leftOf(started, 2000);
  process.kill(-main.pid, 'SIGKILL');
  assert.ok(left.some(({ pid }) => pid === main.pid));
  assert.deepEqual(await leftOf(started, ENDED_MS_MAX), []);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});
