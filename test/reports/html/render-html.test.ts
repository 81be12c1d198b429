import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { renderHtml } from '../../../reports/html/render-html.ts';
import { type Report, type ReportCurve, reportSchema } from '../../../reports/report.ts';
import { failedReport, sampleFault, sampleReport } from './sample-report.ts';

/** Half an hour with twelve series and fifty probes. */
function largeReport(): Report {
  const report = sampleReport();
  const atMs = Array.from({ length: 1800 }, (_, index) => index * 1000);
  const series = Array.from({ length: 12 }, (_, number): ReportCurve => {
    const points = atMs.map((at) => 10 + number + (Math.sin(at / 7000 + number) + 1) * 40.123);
    return {
      name: `scenario-${number}`,
      scenario: `scenario-${number}`,
      tags: {},
      ratePerS: points,
      failedShare: points.map((point) => point / 1000),
      p50Ms: points,
      p95Ms: points,
      p99Ms: points,
    };
  });
  const [, , lag] = report.probes;
  assert.ok(lag);
  return {
    ...report,
    durationMs: 1_800_000,
    load: { ...report.load, curves: { stepMs: 1000, atMs, series } },
    probes: Array.from({ length: 50 }, (_, number) => ({ ...lag, name: `lag-${number}` })),
  };
}

/** What is left of the page without tags, style and script: a line a block. */
function visibleText(html: string): string {
  const body = html.slice(html.indexOf('<body>')).replace(/<script>.*?<\/script>/gs, '');
  return body
    .replace(/<title>.*?<\/title>|<desc>.*?<\/desc>/gs, '')
    .replace(/<(?:td|th|li|tr|p|h\d|dt|dd|div|section|details|summary|small|svg)\b[^>]*>/g, '\n')
    .replace(/<[^>]+>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&#39;', "'")
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');
}

test('the samples are reports as the schema has them', () => {
  for (const report of [sampleReport(), failedReport(), largeReport()]) assert.deepEqual(reportSchema.parse(report), report);
});

test('what the page says, in its order, is the golden text', () => {
  const golden = readFileSync(new URL('../../golden/html/failed.txt', import.meta.url), 'utf8');
  assert.equal(`${visibleText(renderHtml(failedReport()))}\n`, golden);
});

test('a container’s lane shows when it was down, paused or unhealthy, in the engine’s own words', () => {
  const report = sampleReport();
  const happened = (atMs: number, action: string, detail: string | null = null) => ({ atMs, container: 'edge-sa', action, detail });
  const states = (...containers: Report['containers']) =>
    [
      ...renderHtml({ ...report, containers }).matchAll(
        /<i class="segment (?:not-good|changed)"[^>]* title="(down|paused|unhealthy): (\S+) to (\S+)"/g,
      ),
    ].map(([, state, from, to]) => `${state} ${from} ${to}`);
  const unhealthy = [happened(10_000, 'health_status', 'unhealthy'), happened(20_000, 'health_status', 'healthy')];
  assert.deepEqual(states(...unhealthy), ['unhealthy 00:10.0 00:20.0']);
  assert.deepEqual(states(happened(10_000, 'die', 'exit code 137'), happened(20_000, 'start')), ['down 00:10.0 00:20.0']);
  assert.deepEqual(states(happened(10_000, 'pause'), happened(20_000, 'unpause')), ['paused 00:10.0 00:20.0']);
  assert.deepEqual(states(happened(10_000, 'oom')), []);
});

test('the same report gives the same bytes', () => {
  assert.equal(renderHtml(sampleReport()), renderHtml(sampleReport()));
});

test('the page holds no address to fetch and stays small', () => {
  for (const [report, limit] of [
    [sampleReport(), 150_000],
    [largeReport(), 600_000],
  ] as const) {
    const html = renderHtml(report);
    assert.doesNotMatch(html, /https?:\/\/|@import|url\(|<link rel="(?!icon)|src=/);
    assert.ok(Buffer.byteLength(html) < limit, `${Buffer.byteLength(html)} bytes`);
  }
});

test('whatever stands in the report is escaped, in text and in attributes', () => {
  const evil = `"><svg onload=alert(1)>'&\u0000`;
  const report = sampleReport();
  const everywhere: Report = {
    ...report,
    why: [evil],
    variant: evil,
    runId: evil,
    experiment: { title: evil, description: evil, file: evil },
    machine: { [evil]: evil },
    faults: [
      { ...sampleFault(), name: evil, label: evil, colour: evil, proof: evil, readBack: evil, effects: [evil], undoneBecause: evil },
    ],
    objectives: report.objectives.map((objective) => ({ ...objective, name: evil, description: evil, indicator: evil })),
    containers: [{ atMs: 1, container: evil, action: evil, detail: evil }],
    gates: [{ atMs: 1, name: evil, question: evil, answer: evil }],
    stops: [{ atMs: 1, because: evil, detail: evil }],
    notes: [{ atMs: 1, level: 'info', text: evil }],
    probes: report.probes.map((probe) => ({ ...probe, name: evil, container: evil })),
    load: {
      ...report.load,
      scenarios: report.load.scenarios.map((scenario) => ({ ...scenario, name: evil, tags: { [evil]: evil } })),
      curves: { ...report.load.curves, series: report.load.curves.series.map((each) => ({ ...each, name: evil, scenario: evil })) },
    },
  };
  const html = renderHtml(everywhere);
  assert.equal(html.includes('<svg onload'), false);
  assert.equal(html.includes('\u0000'), false);
  assert.ok(html.split('&quot;&gt;&lt;svg onload=alert(1)&gt;&#39;&amp;\ufffd').length > 30);
});

test('a fault that is not known to be undone, a system not restored and a late generator are told at the top', () => {
  const report = sampleReport();
  const html = renderHtml({
    ...report,
    complete: false,
    faults: [{ ...sampleFault(), undoneAtMs: null, state: 'not-undone' }],
    system: { ...report.system, restored: false },
    generator: { ...report.generator, limited: true },
  });
  const head = html.slice(0, html.indexOf('<h2>Objectives'));
  for (const part of [
    'Not known to be undone: sa-goes-dark',
    'firedrill sweep',
    'not restored',
    'did not end in order',
    'generator was late',
  ]) {
    assert.ok(head.includes(part), part);
  }
  assert.doesNotMatch(renderHtml(report), /class="warning" role="alert"/);
});

test('a run that ended before anything happened is a page too', () => {
  const report = sampleReport();
  const html = renderHtml({
    ...report,
    verdict: 'inconclusive',
    durationMs: 0,
    phases: [],
    hypothesis: [],
    faults: [
      { ...sampleFault(), askedAtMs: null, injectedAtMs: null, inEffectAtMs: null, undoneAtMs: null, acts: [], state: 'not-injected' },
    ],
    objectives: [],
    load: { scenarios: [], phases: [], tags: [], metrics: [], curves: { stepMs: 500, atMs: [], series: [] } },
    probes: [],
    containers: [],
    gates: [],
    notes: [],
  });
  assert.match(html, /Inconclusive/);
  assert.doesNotMatch(html.slice(html.indexOf('<body>'), html.indexOf('<script>')), /NaN|Infinity|undefined/);
  assert.doesNotMatch(html, /class="band /);
});

test('containers that said one and the same thing all the time share a lane, and one that did not keeps its own', () => {
  const report = sampleReport();
  const [health] = report.probes;
  assert.ok(health);
  const same = ['web_1', 'web_2', 'web_3'].map((container) => ({ ...health, name: 'runs', container }));
  const other = {
    ...same[0],
    container: 'web_4',
    points: health.points.map((point, index) => ({ ...point, value: index === 30 ? 503 : 200 })),
  };
  const html = renderHtml({ ...report, probes: [...same, { ...health, ...other }] });
  assert.match(html, /runs<\/span> <span class="detail">3 containers</);
  assert.match(html, /runs<\/span> <span class="detail">web_4</);
  assert.doesNotMatch(html, /web_1/);
});

test('a fault that is over at once is a line with its text beside it', () => {
  const report = sampleReport();
  const html = renderHtml({ ...report, faults: [{ ...sampleFault(), state: 'over', undoneAtMs: null, undoneBy: 'none' }] });
  assert.match(html, /<i class="band instant" data-fault="sa-goes-dark" style="left:22\.237%;--colour:#7b3294">/);
  assert.match(html, /<b class="beside" style="left:22\.237%">Network blackout, 5 containers<\/b>/);
});

test('curves, lanes and figures are named for those who cannot see them', () => {
  const html = renderHtml(sampleReport());
  assert.match(html, /<title>Failed share<\/title><desc>sa-east-1-viewers at most 100% \(20\.\ds\)/);
  assert.match(html, /aria-label="Network blackout: asked for at 00:20\.0, in effect at 00:20\.0, undone at 00:50\.1"/);
  assert.match(html, /aria-label="not good from 00:20\.1 to 00:24\.2"/);
  assert.equal((html.match(/<th scope=/g) ?? []).length, (html.match(/<th[ >]/g) ?? []).length);
  assert.match(html, /<html lang="en">/);
});
