import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { renderHtml } from '../../reports/html/render-html.ts';
import { renderJson } from '../../reports/json.ts';
import { renderSummary } from '../../reports/summary.ts';
import { renderVerdict } from '../../reports/terminal/verdict.ts';
import { judgeRun } from '../../reports/verdict.ts';
import { objective } from '../probes/slo/synthetic-load.ts';
import { experiment, type JournalParts, journal, load, outage, reading, readings, stamp } from './synthetic-journal.ts';

const failed = load('http_req_failed{region:home}', 'rate<0.01');
/** The pager rings at 23.5 s, seen by looks of every second that take 5 ms. The fault is in effect at 20.018 s and gone at 50.034 s. */
const rings = readings('pager', 1000, (atMs) => (atMs >= 23_500 ? 1 : 0));
const asked = {
  'detected-by': reading('pager', { tolerance: { equals: 1 } }),
  'detected-within': { ms: 10_000 },
  'steady-within': { ms: 5000 },
};

function judge(clauses: Parameters<typeof objective>[0], parts: JournalParts = {}) {
  const run = { ...experiment, objectives: { failover: objective(clauses) }, ...parts.run };
  return judgeRun(journal({ extra: rings, ...parts, run }), run);
}

describe('a report with a detection and a limit on the steady state', () => {
  const report = judge({ good: failed, 'mitigated-within': { ms: 10_000 }, ...asked }, { home: outage(20_100, 51_000) });
  const [one] = report.objectives;

  it('has every instant as a stretch on the clock of the run', () => {
    assert.deepEqual(one?.instants, {
      impact: { earliestMs: 20_000, latestMs: 20_200 },
      detected: { earliestMs: 23_000, latestMs: 24_005 },
      mitigated: null,
      removed: { earliestMs: 50_030, latestMs: 50_034 },
      recovered: { earliestMs: 50_900, latestMs: 51_100 },
      steady: { earliestMs: 50_900, latestMs: 51_100 },
    });
    assert.doesNotThrow(() => renderJson(report));
  });

  it('shows them in columns of their own, each with its error', () => {
    const text = renderVerdict(report, { color: false, columns: 120 });
    assert.match(text, /first impact +detected +mitigated +recovered +steady +failed share/);
    assert.match(text, /3\.48s ±503ms +– +966ms ±100ms +966ms ±100ms/);
    assert.match(
      text,
      /first impact, detected and mitigated count from the instant the fault was in effect, recovered and steady from its end/,
    );
    const html = renderHtml(report);
    for (const part of ['>Detected<small>since in effect', '>Steady<small>since its end', '± 503ms', 'detected within:', 'steady within:'])
      assert.ok(html.includes(part), part);
    assert.match(renderSummary(report), /detected after 3\.48s ± 503ms, steady after 966ms ± 100ms/);
  });

  it('leaves the columns out where no objective asks for them', () => {
    const plain = judge({ good: failed, 'recovered-within': { ms: 5000 } });
    const text = renderVerdict(plain, { color: false, columns: 120 });
    assert.match(text, /first impact +mitigated +recovered +failed share/);
    assert.doesNotMatch(renderHtml(plain), /Detected|Steady<small/);
  });

  it('shows a detection of what the indicator never felt', () => {
    const never = judge({ good: failed, ...asked }, { home: outage(0, 0) });
    assert.equal(never.objectives[0]?.neverImpacted, true);
    assert.match(renderVerdict(never, { color: false, columns: 120 }), /never impacted +3\.48s ±503ms/);
    assert.match(renderSummary(never), /never impacted, detected after 3\.48s/);
  });

  it('is inconclusive where a limit lies inside of what the sampling can tell, never passed', () => {
    assert.deepEqual(
      [2000, 3500, 4000].map((ms) => judge({ ...asked, 'detected-within': { ms } }).verdict),
      ['failed', 'inconclusive', 'passed'],
    );
  });
});

describe('stop conditions in a report', () => {
  const stopWhen = [
    { ...load('http_req_failed{region:home}', 'rate>0.9'), for: { ms: 2000 } },
    { ...load('http_req_failed{region:other}', 'rate>0.9'), for: undefined },
  ];
  const judged = (parts: JournalParts) => judgeRun(journal({ run: { ...experiment, stopWhen }, ...parts }), { ...experiment, stopWhen });

  it('are judged anew from the journal, and say when they were met', () => {
    const { stopConditions } = judged({ home: outage(20_100, 40_000) });
    assert.deepEqual(
      stopConditions?.map(({ text }) => text),
      ['http_req_failed{region:home} rate>0.9', 'http_req_failed{region:other} rate>0.9'],
    );
    const metAtMs = stopConditions?.[0]?.metAtMs ?? Number.NaN;
    assert.ok(metAtMs >= 22_000 && metAtMs <= 23_250, `${metAtMs}`);
    assert.equal(stopConditions?.[1]?.metAtMs, null);
  });

  it('stand in the terminal, the HTML and the summary: met with when and what was seen, or not met', () => {
    const met = judged({ home: outage(20_100, 40_000) });
    const [terminal, page, summary] = [renderVerdict(met, { color: false, columns: 120 }), renderHtml(met), renderSummary(met)];
    assert.match(
      terminal,
      /Stop conditions\n {2}! http_req_failed\{region:home\} rate>0\.9, met 00:2[23]\.\d; seen: nothing of \d+ planned was answered/,
    );
    assert.match(page, /<code>http_req_failed\{region:home\} rate&gt;0\.9<\/code><\/th><td data-label="Met">00:2[23]\.\d</);
    assert.match(page, /<code>http_req_failed\{region:other\} rate&gt;0\.9<\/code><\/th><td data-label="Met"><span class="none">never/);
    assert.match(summary, /\*\*Stop condition met\*\* at 2[23]\S*: http_req_failed\{region:home\} rate>0\.9; seen: nothing of \d+ planned/);
    const held = judged({ home: outage(0, 0) });
    assert.match(renderVerdict(held, { color: false, columns: 120 }), /Stop conditions +none of 2 was met/);
    assert.doesNotMatch(renderSummary(held), /Stop condition/);
    for (const text of [
      renderHtml(judgeRun(journal(), experiment)),
      renderVerdict(judgeRun(journal(), experiment), { color: false, columns: 120 }),
    ])
      assert.doesNotMatch(text, /Stop conditions/);
  });

  it('are met neither before the method nor after the run was stopped, and are left out where there are none', () => {
    assert.equal(judged({ home: outage(5000, 15_000) }).stopConditions?.[0]?.metAtMs, null);
    const stopped = judged({ home: outage(20_100, 40_000), extra: [stamp(21_000, { type: 'stop', because: 'signal', detail: 'SIGINT' })] });
    assert.equal(stopped.stopConditions?.[0]?.metAtMs, null);
    assert.equal(judgeRun(journal(), experiment).stopConditions, undefined);
  });
});
