import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { renderHtml } from '../../reports/html/render-html.ts';
import { type Report, reportSchema } from '../../reports/report.ts';
import { renderSummary } from '../../reports/summary.ts';
import { judgeRun } from '../../reports/verdict.ts';
import type { Event } from '../../runners/journal/events.ts';
import { Recorder } from '../../runners/load/recording/recorder.ts';
import { blackoutEvents, experiment, type JournalParts, journal, plannedFault, stamp } from './synthetic-journal.ts';

function judge(parts: JournalParts = {}): Report {
  return reportSchema.parse(judgeRun(journal(parts), experiment));
}

/** A scenario of two kinds of request: `page` in 5 ms, `search` in 50 ms and, from 30 s to 40 s, in 500 ms. Each is a sample of `bytes` and `cached` too. */
function kinds(): Event[] {
  const events: Event[] = [];
  const renumbered = 10;
  const recorder = new Recorder(
    (series) => events.push(stamp(0, { type: 'load.series', series: { ...series, id: series.id + renumbered } })),
    { onMetric: (metric) => events.push(stamp(0, { type: 'load.metric', metric })) },
  );
  recorder.metric('bytes', 'trend', false);
  recorder.metric('cached', 'rate', false);
  for (let atMs = 0; atMs < 70_000; atMs += 100) {
    for (const kind of ['page', 'search']) {
      const series = recorder.series('kinds', {}, { kind });
      const latencyMs = kind === 'page' ? 5 : atMs >= 30_000 && atMs < 40_000 ? 500 : 50;
      series.planned(atMs);
      series.sent(atMs);
      series.settled(atMs, atMs, atMs + latencyMs, 'ok');
      series.sample('bytes', kind === 'page' ? 100 : 300, atMs);
      series.sample('cached', kind === 'page' ? 1 : 0, atMs);
    }
  }
  const cells = recorder.take().map((cell) => ({ ...cell, series: cell.series + renumbered }));
  return [...events, stamp(69_999, { type: 'load.frame', cells })];
}

/** A second fault, from 30 s to 40 s. */
const restart: readonly Event[] = [
  stamp(29_990, { type: 'fault.intended', fault: 'restart' }),
  stamp(30_001, { type: 'fault.injected', fault: 'restart', askedAtMs: 30_000, acts: [] }),
  stamp(30_002, { type: 'fault.in-effect', fault: 'restart', inEffectAtMs: 30_001, proof: 'it is so', facts: {} }),
  stamp(40_002, { type: 'fault.undone', fault: 'restart', undoneAtMs: 40_000, readBack: 'it is gone', acts: [] }),
];

describe('the load of a report', () => {
  it('is told before, during and after a fault', () => {
    const { phases } = judge().load;
    assert.deepEqual(
      phases.map(({ phase, fault, fromMs, toMs }) => [phase, fault, fromMs, toMs]),
      [
        ['before', null, 0, 20_000],
        ['during', 'blackout', 20_000, 50_034],
        ['after', null, 50_034, 70_000],
      ],
    );
    const failed = phases.map(({ scenarios }) => scenarios.find(({ name }) => name === 'home-viewers')?.failed);
    assert.deepEqual(failed, [0, 205, 0]);
  });

  it('is told during each of several faults, and during them all', () => {
    const report = judge({
      planned: [plannedFault(), plannedFault({ name: 'restart', atMs: 30_000 })],
      fault: [...blackoutEvents, ...restart],
      extra: kinds(),
    });
    assert.deepEqual(
      report.load.phases.map(({ phase, fault }) => [phase, fault]),
      [
        ['before', null],
        ['during', null],
        ['during', 'blackout'],
        ['during', 'restart'],
        ['after', null],
      ],
    );
    const search = report.load.phases.map(({ tags }) => tags.find(({ value }) => value === 'search'));
    assert.deepEqual(
      search.map((each) => each?.p50Ms),
      [50, 50, 50, 500, 50],
    );
    assert.deepEqual([search[3]?.planned, search[3]?.p95Ms], [100, 500]);
  });

  it('is told by each tag that says more than a scenario does', () => {
    const { tags, scenarios } = judge({ extra: kinds() }).load;
    assert.deepEqual(
      tags.map(({ tag, value, planned, p99Ms }) => [tag, value, planned, p99Ms]),
      [
        ['kind', 'page', 700, 5],
        ['kind', 'search', 700, 500],
      ],
      'region:home and region:other are scenarios of their own',
    );
    assert.deepEqual(
      scenarios.map(({ name, planned }) => [name, planned]),
      [
        ['home-viewers', 3500],
        ['other-viewers', 3500],
        ['kinds', 1400],
      ],
    );
  });

  it('has the metrics that scripts sample, by their type', () => {
    const { metrics } = judge({ extra: kinds() }).load;
    const none = { sum: null, rate: null, last: null, min: null, max: null, avg: null, p50: null, p95: null, p99: null };
    assert.deepEqual(metrics, [
      { ...none, name: 'bytes', type: 'trend', isTime: false, samples: 1400, min: 100, max: 300, avg: 200, p50: 200, p95: 300, p99: 300 },
      { ...none, name: 'cached', type: 'rate', isTime: false, samples: 1400, rate: 0.5 },
    ]);
    assert.deepEqual(judge().load.metrics, []);
  });

  it('leaves virtual users, who belong to no scenario, out of the scenarios', () => {
    const gauge = { count: 1, min: 3, max: 3, last: 3 };
    const vus = [
      stamp(1000, { type: 'load.series', series: { id: 9, scenario: '', tags: {} } }),
      stamp(1000, { type: 'load.frame', cells: [{ bucketMs: 1000, series: 9, metrics: { vus: gauge } }] }),
    ];
    const { scenarios, curves, metrics } = judge({ extra: vus }).load;
    assert.equal(scenarios.length, 2);
    assert.equal(curves.series.length, 2);
    assert.deepEqual(
      metrics.map(({ name, last }) => [name, last]),
      [['vus', 3]],
    );
  });

  it('stands in the page and in the summary, by phase and tag', () => {
    const report = judge({ extra: kinds() });
    const page = renderHtml(report);
    for (const part of ['By tag', 'kind: search', 'during blackout', 'Other metrics', 'cached', '50%'])
      assert.ok(page.includes(part), part);
    const summary = renderSummary(report);
    assert.match(summary, /\| p95, failed \| before \| during blackout \| after \|/);
    assert.match(summary, /\| kind: search \| 50ms, 0% \| 500ms, 0% \| 50ms, 0% \|/);
    assert.match(summary, /\| home-viewers \| 5\.0ms, 0% \| 5\.0ms, 14% \|/);
  });
});

describe('the generator of a report', () => {
  const totals = { planned: 7000, sent: 7000, ok: 6795, failed: 205, dropped: 0, iterations: 0, lagP50Ms: 0.1, processes: 3 };

  it('tells what was sent twice, and whether the whole run was late', () => {
    const { generator } = judge({ extra: [stamp(69_000, { type: 'load.ended', ...totals, retried: 4, lagP99Ms: 12, limited: true })] });
    assert.deepEqual(
      [generator.retried, generator.processes, generator.wholeLagP99Ms, generator.wholeLimited, generator.failure],
      [4, 3, 12, true, null],
    );
    assert.equal(judge().generator.retried, null, 'a load that did not end in order told nothing');
  });

  it('makes the run inconclusive where a part of the load is missing, whatever the rest shows', () => {
    const report = judge({
      extra: [stamp(69_000, { type: 'load.failed', error: 'the load generator (2 of 3: viewers) ended by SIGKILL' })],
    });
    assert.equal(report.verdict, 'inconclusive');
    assert.match(report.why.join(' '), /A part of the load is missing: the load generator \(2 of 3: viewers\) ended by SIGKILL/);
    assert.match(renderHtml(report), /A part of the load is missing/);
    assert.match(renderSummary(report), /A part of the load is missing/);
    assert.equal(judge().verdict, 'passed');
  });
});
