import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { CHROMIUM_MISSING, chromiumPaths, findChromium, launchChromium } from '../../../probes/browser/chromium.ts';

const nowhere = '/nowhere/chromium';
const here = process.execPath;

test('the machine’s own browser comes before the one that Playwright installed', async () => {
  let asked = 0;
  const own = async () => {
    asked += 1;
    return here;
  };
  assert.equal(await findChromium([nowhere, here], own), here);
  assert.equal(asked, 0);
  assert.equal(await findChromium([nowhere], own), here);
});

test('a browser that is nowhere is none, and the start says what to type', async () => {
  const nothing = () => findChromium([nowhere], async () => nowhere);
  assert.equal(await nothing(), undefined);
  await assert.rejects(launchChromium(nothing), { message: CHROMIUM_MISSING });
  assert.match(CHROMIUM_MISSING, /apt-get install -y chromium/);
});

test('browsers are looked for where PATH says, then where they usually are', () => {
  const paths = chromiumPaths('/opt/mine:/usr/bin');
  assert.equal(paths[0], '/opt/mine/chromium');
  assert.ok(paths.indexOf('/usr/bin/google-chrome') > 0 && paths.includes('/snap/bin/chromium'));
  assert.equal(new Set(paths).size, paths.length);
});

test('a run without a browser probe does not load Playwright', () => {
  const list = new URL('../../../probes/index.ts', import.meta.url).href;
  const script = `await import(${JSON.stringify(list)});
    const { createRequire } = await import('node:module');
    console.log(Object.keys(createRequire(import.meta.url).cache).filter((path) => path.includes('playwright')).length);`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.equal(stdout.trim(), '0', stderr);
});
