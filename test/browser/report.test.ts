import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright';
import { z } from 'zod';
import { launchChromium } from '../../probes/browser/chromium.ts';
import { renderHtml } from '../../reports/html/render-html.ts';
import type { Pictures } from '../../reports/html/sections/screenshots.ts';
import type { Report } from '../../reports/report.ts';
import { failedReport, sampleFault, sampleReport } from '../reports/html/sample-report.ts';

/** Rounding of layout: two edges that belong together may be this far apart. */
const PIXELS = 1.5;
let browser: Browser;
let folder: string;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'firedrill-report-'));
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

const contrasts = z.object({ looked: z.number(), poor: z.array(z.string()) });
const curves = z.array(z.object({ name: z.string(), from: z.number(), to: z.number() }));

/** Source of a script of the test's own, which runs in the page also where the page's scripts are off. */
function inPage(name: string): string {
  return readFileSync(new URL(`./page/${name}`, import.meta.url), 'utf8');
}

interface Opening {
  readonly width?: number;
  readonly scripts?: boolean;
  readonly dark?: boolean;
  readonly pictures?: Pictures;
}

interface Opened {
  readonly page: Page;
  readonly requests: string[];
  readonly complaints: string[];
}

async function open(report: Report, options: Opening = {}): Promise<Opened> {
  const file = join(folder, 'report.html');
  writeFileSync(file, renderHtml(report, options.pictures));
  const { width = 1280, scripts = false, dark = false } = options;
  const page = await browser.newPage({
    viewport: { width, height: 900 },
    javaScriptEnabled: scripts,
    colorScheme: dark ? 'dark' : 'light',
  });
  const opened: Opened = { page, requests: [], complaints: [] };
  page.on('request', (request) => opened.requests.push(request.url()));
  page.on('console', (message) => opened.complaints.push(message.text()));
  page.on('pageerror', (error) => opened.complaints.push(error.message));
  await page.goto(pathToFileURL(file).href);
  return opened;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

async function boxOf(page: Page, selector: string): Promise<Box> {
  const box = await page.locator(selector).first().boundingBox();
  assert.ok(box, `${selector} is not on the page`);
  return box;
}

/** Where a moment lies by the labels of the axis alone: between the centres of two ticks that are not at an edge. */
async function byTicks(page: Page): Promise<(atMs: number) => number> {
  const centre = async (atMs: number): Promise<number> => {
    const box = await boxOf(page, `.axis.top .tick[data-at-ms="${atMs}"]`);
    return box.x + box.width / 2;
  };
  const [at20s, at60s] = [await centre(20_000), await centre(60_000)];
  return (atMs) => at20s + ((at60s - at20s) * (atMs - 20_000)) / 40_000;
}

for (const width of [1280, 1000, 900, 760, 390]) {
  test(`at ${width} pixels the fault's band lies where the axis says, through every row, and the page does not scroll sideways`, async () => {
    const report = sampleReport();
    const { page } = await open(report, { width });
    const place = await byTicks(page);
    const fault = sampleFault();
    const band = await boxOf(page, '.band[data-fault="sa-goes-dark"]');
    assert.ok(fault.inEffectAtMs !== null && fault.undoneAtMs !== null);
    assert.ok(Math.abs(band.x - place(fault.inEffectAtMs)) < PIXELS, `band from ${band.x}, axis says ${place(fault.inEffectAtMs)}`);
    assert.ok(Math.abs(band.x + band.width - place(fault.undoneAtMs)) < PIXELS, `band to ${band.x + band.width}`);
    const bar = await boxOf(page, '.segment.fault');
    assert.ok(Math.abs(bar.x - band.x) < PIXELS && Math.abs(bar.width - band.width) < PIXELS);
    const lastPanel = await page.locator('.panel .track').last().boundingBox();
    assert.ok(lastPanel && band.y <= bar.y && band.y + band.height >= lastPanel.y + lastPanel.height);
    const sideways = await page.locator('html').evaluate((root) => root.scrollWidth - root.clientWidth);
    assert.equal(sideways, 0);
    await page.close();
  });
}

test('the failing curve leaves the ground inside the band and comes back before its end', async () => {
  const { page } = await open(sampleReport());
  const band = await boxOf(page, '.band');
  const [high, ...others] = curves.parse(await page.evaluate(inPage('highest-curve.js')));
  assert.ok(high);
  assert.equal(high.name, 'sa-east-1-viewers');
  assert.deepEqual(others, []);
  assert.ok(high.from > band.x - 6 && high.from < band.x + 6, `${high.from} is not at the start of the band, ${band.x}`);
  assert.ok(high.to < band.x + band.width / 3);
  await page.close();
});

test('with scripts off the verdict, the reasons, the objectives and the proof can be read, verdict first', async () => {
  const { page } = await open(failedReport());
  assert.equal(await page.locator('h1').innerText(), '✕\nFailed: the system did not hold');
  const text = await page.locator('main').innerText();
  for (const part of ['variant unprotected', 'budget of 12% exceeded', 'never impacted', '412 packets matched', 'After the undo']) {
    assert.ok(text.includes(part), part);
  }
  assert.ok(text.indexOf('Failed:') < text.indexOf('Objectives') && text.indexOf('Objectives') < text.indexOf('Timeline'));
  const state = await page.locator('.objectives tbody tr').first().locator('.pill').innerText();
  assert.match(state, /Broken/);
  await page.close();
});

for (const scripts of [false, true]) {
  test(`nothing is fetched and nothing is complained of, with scripts ${scripts ? 'on' : 'off'}`, async () => {
    const { page, requests, complaints } = await open(sampleReport(), { scripts });
    await page.mouse.move(600, 700);
    assert.deepEqual(
      requests.filter((url) => !url.startsWith('file:') && !url.startsWith('data:')),
      [],
    );
    assert.equal(requests.filter((url) => url.startsWith('file:')).length, 1);
    assert.deepEqual(complaints, []);
    await page.close();
  });
}

test('with scripts on, the cursor reads the time under the pointer', async () => {
  const { page } = await open(sampleReport(), { scripts: true });
  const band = await boxOf(page, '.band');
  await page.locator('.fault-lane').scrollIntoViewIfNeeded();
  const visible = await boxOf(page, '.fault-lane .track');
  await page.mouse.move(band.x, visible.y + 4);
  assert.match(await page.locator('.cursor b').innerText(), /^20\.0s · effect [+−]0\.0s$/);
  await page.close();
});

test('what a target answered cannot run as a script', async () => {
  const evil = '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>';
  const report = sampleReport();
  const { page, requests } = await open(
    {
      ...report,
      why: [evil],
      experiment: { ...report.experiment, title: `${evil}"'` },
      faults: [{ ...sampleFault(), proof: evil, colour: 'red;background:url(http://127.0.0.1:9/x)' }],
      notes: [{ atMs: 1, level: 'error', text: evil }],
    },
    { scripts: true },
  );
  assert.equal(await page.locator('main img, main script').count(), 0);
  assert.ok((await page.title()).startsWith('Passed: <img'));
  assert.equal(requests.length, 1);
  await page.close();
});

for (const dark of [false, true]) {
  test(`text stands out from its ground by 4.5 to 1, ${dark ? 'dark' : 'light'}`, async () => {
    const { page } = await open(failedReport(), { dark });
    const { looked, poor } = contrasts.parse(await page.evaluate(inPage('low-contrast.js')));
    assert.ok(looked > 100);
    assert.deepEqual(poor, []);
    await page.close();
  });
}

test('a screenshot is shown within the page, and one that is gone is named', async () => {
  const [shown, gone] = ['screenshots/01.jpg', 'screenshots/02.jpg'];
  const about = { atMs: 31_000, probe: 'viewer', detail: "step 2, expect #state: it says 'stalled'" };
  const report = { ...failedReport(), screenshots: [shown, gone].map((file) => ({ ...about, file })) };
  const drawn = await browser.newPage({ viewport: { width: 64, height: 40 } });
  const picture = await drawn.screenshot({ type: 'jpeg' });
  await drawn.close();
  const { page, requests } = await open(report, { pictures: new Map([[shown, picture]]) });
  const width = await page
    .locator('.screenshots img')
    .evaluate((image: unknown) =>
      typeof image === 'object' && image !== null && 'naturalWidth' in image ? image.naturalWidth : undefined,
    );
  assert.equal(width, 64);
  assert.equal(requests.filter((url) => url.startsWith('file:')).length, 1);
  const captions = await page.locator('.screenshots figcaption').allInnerTexts();
  assert.equal(captions.length, 2);
  assert.ok(captions.every((caption) => caption.includes("viewer: step 2, expect #state: it says 'stalled'")));
  assert.ok(!captions[0]?.includes(shown) && captions[1]?.includes(gone));
  await page.close();
});
