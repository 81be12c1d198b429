import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { renderJson, renderReportSchema } from '../../reports/json.ts';
import { renderJunit } from '../../reports/junit.ts';
import { type Report, reportSchema } from '../../reports/report.ts';
import { renderSummary } from '../../reports/summary.ts';
import { judgeRun } from '../../reports/verdict.ts';
import { load, objective } from '../probes/slo/synthetic-load.ts';
import { experiment, type JournalParts, journal, outage, reading, readings, stamp } from './synthetic-journal.ts';

function judge(parts: JournalParts = {}): Report {
  return judgeRun(journal(parts), parts.run ?? experiment);
}

/** Never fails over; one objective has no data; a probe, a gate and a container's event beside it. */
const failing = judge({
  home: outage(20_100, 50_034),
  run: {
    ...experiment,
    objectives: { ...experiment.objectives, 'page|rang': objective({ good: reading('pager', { tolerance: { equals: 1 } }) }) },
  },
  extra: [
    ...readings('lag', 1000, () => 0.2),
    stamp(25_000, { type: 'gate', gate: 'pager', question: 'Did the pager ring?', answer: 'passed-over' }),
    stamp(30_000, { type: 'container', container: 'edge-sa', action: 'health_status', detail: 'unhealthy' }),
  ],
});
const brokenThreshold = judge({
  run: { ...experiment, thresholds: [{ ...load('http_req_failed', 'rate<0.0001'), abortOnFail: false, delayAbortEval: { ms: 0 } }] },
});
const golden = (name: string) => readFile(new URL(`../golden/reports/${name}`, import.meta.url), 'utf8');

describe('report.json', () => {
  it('is the report, and keeps to its schema', () => {
    for (const report of [judge(), failing, judgeRun([], experiment)]) {
      assert.deepEqual(reportSchema.parse(JSON.parse(renderJson(report))), JSON.parse(JSON.stringify(report)));
    }
  });

  it('refuses to be written with what the schema does not allow', () => {
    assert.throws(() => renderJson({ ...judge(), durationMs: Number.NaN }));
  });

  it('has its schema published as it is', async () => {
    assert.equal(await readFile(new URL('../../reports/report.schema.json', import.meta.url), 'utf8'), renderReportSchema());
  });
});

describe('junit.xml', () => {
  it('shows objectives as tests: broken fails, unknown is an error', async () => {
    assert.equal(renderJunit(failing), await golden('junit.failed.xml'));
  });

  it('has neither failures nor errors when the run passed', () => {
    const xml = renderJunit(judge());
    assert.match(xml, /<testsuites name="firedrill" tests="5" failures="0" errors="0"/);
    assert.doesNotMatch(xml, /<failure|<error/);
  });

  it('shows thresholds as tests, and no error of the run where one of them says it all', () => {
    const xml = renderJunit(brokenThreshold);
    assert.match(xml, /tests="6" failures="1" errors="0"/);
    assert.match(xml, /name="threshold http_req_failed rate&lt;0\.0001" time="0">\s*<failure message="rate 0\.0\d+ of \d+">broken /);
  });

  it('has an error where something else than an objective speaks against the run', () => {
    const xml = renderJunit(judge({ extra: [stamp(40_000, { type: 'stop', because: 'signal', detail: 'SIGINT' })] }));
    assert.match(xml, /errors="1"/);
    assert.match(xml, /name="the run" time="0">\s*<error message="exit 5: It was stopped by a signal: SIGINT\."/);
  });

  it('escapes what XML gives a meaning to, and drops what it cannot hold', () => {
    const xml = renderJunit(judge({ run: { ...experiment, title: 'a<b & "c"\u0000\u0007' } }));
    assert.match(xml, /<testsuite name="a&lt;b &amp; &quot;c&quot;" /);
  });
});

describe('summary.md', () => {
  it('says verdict, objectives, faults and load in a page', async () => {
    assert.equal(renderSummary(failing), await golden('summary.failed.md'));
    assert.equal(renderSummary(judge()), await golden('summary.passed.md'));
  });

  it('says what became of thresholds, where there are any', () => {
    assert.match(
      renderSummary(brokenThreshold),
      /\| Threshold \| State \| Seen \|\n\| --- \| --- \| --- \|\n\| ❌ http_req_failed rate&lt;0\.0001 \| broken \| rate 0\.0\d+ of \d+ \|\n/,
    );
    assert.doesNotMatch(renderSummary(judge()), /Threshold/);
  });

  it('lets no text end a cell of a table or begin a tag', () => {
    const summary = renderSummary(failing);
    assert.match(summary, /page\\\|rang/);
    assert.doesNotMatch(summary, /<on both>/);
  });

  it('says when the generator was late', () => {
    const lagging = {
      type: 'load.generator',
      lagP50Ms: 3,
      lagP99Ms: 40,
      eventLoopDelayP99Ms: 9,
      cpuShare: 0.9,
      rssBytes: 1e8,
      limited: true,
    } as const;
    assert.match(renderSummary(judge({ extra: [stamp(30_000, lagging)] })), /itself late, by 40ms/);
  });
});
