import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { renderHtml } from '../../reports/html/render-html.ts';
import { reportSchema } from '../../reports/report.ts';
import { judgeRun } from '../../reports/verdict.ts';
import { writeReports } from '../../runners/cli/write-reports.ts';
import { scratchFolder } from '../runners/journal/folder.ts';
import { experiment, journal, stamp } from './synthetic-journal.ts';

/** A look that broke, as the journal has it. */
function broken(atMs: number, screenshot: string | undefined) {
  const seen = { status: 'ok', value: null, detail: "step 2, expect #state: it says 'stalled' <b>" } as const;
  return stamp(atMs, { type: 'probe.reading', probe: 'viewer', container: undefined, startedMs: atMs - 900, ...seen, screenshot });
}

const files = ['screenshots/01.jpg', '../../secret.jpg', 'screenshots/02.jpg'];
const events = journal({ extra: [...files.map((file, index) => broken(21_000 + index * 5000, file)), broken(40_000, undefined)] });

test('the report names the picture of each look that has one, and is silent where none has', () => {
  const report = judgeRun(events, experiment);
  assert.deepEqual(reportSchema.parse(report), report);
  assert.deepEqual(
    report.screenshots?.map(({ atMs, probe, file }) => ({ atMs, probe, file })),
    files.map((file, index) => ({ atMs: 21_000 + index * 5000, probe: 'viewer', file })),
  );
  const without = judgeRun(journal(), experiment);
  assert.equal(without.screenshots, undefined);
  assert.doesNotMatch(renderHtml(without), /<h2>Screenshots/);
});

test('pictures that the run’s folder has are in the page; those that are gone, or lie elsewhere, are only named', async () => {
  await using folder = await scratchFolder();
  const run = join(folder.path, 'runs', 'a');
  await mkdir(join(run, 'screenshots'), { recursive: true });
  await writeFile(join(run, 'screenshots/01.jpg'), 'first picture');
  await writeFile(join(folder.path, 'secret.jpg'), 'not for everybody');
  await writeFile(join(run, 'journal.ndjson'), `${events.map((event) => JSON.stringify(event)).join('\n')}\n`);
  const silent = { write: () => undefined };
  const io = { args: [], environment: {}, workingDirectory: folder.path, stdout: silent, stderr: silent, onSignal: () => () => undefined };
  await writeReports(io, run, { quiet: true });
  const page = await readFile(join(run, 'report.html'), 'utf8');
  const pictures = [...page.matchAll(/src="data:image\/jpeg;base64,([^"]*)"/g)].map(([, data = '']) =>
    Buffer.from(data, 'base64').toString(),
  );
  assert.deepEqual(pictures, ['first picture']);
  assert.equal(page.match(/<code>(screenshots\/02|\.\.\/\.\.\/secret)\.jpg<\/code>/g)?.length, 2);
  assert.ok(page.includes('it says &#39;stalled&#39; &lt;b&gt;'));
});
