import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Reason } from '../../../reports/reasons.ts';
import { comparisonsOf } from '../../../reports/set/comparisons-of.ts';
import { judgeSet } from '../../../reports/set/judge-set.ts';
import type { RecordedRun } from '../../../reports/set/recorded-run.ts';
import { renderSetHtml } from '../../../reports/set/set-html.ts';
import { renderSetJunit } from '../../../reports/set/set-junit.ts';
import { renderSetJson, type SetReport, setReportSchema } from '../../../reports/set/set-report.ts';
import { renderSetSummary } from '../../../reports/set/set-summary.ts';
import { renderSetVerdict } from '../../../reports/terminal/set-verdict.ts';
import { experiment } from '../synthetic-journal.ts';
import { compared, comparisons, recorded, runsOf } from './recorded-runs.ts';

function judge(runs: readonly RecordedRun[], missing?: Reason): SetReport {
  return judgeSet({ setId: 'set-1', seed: 7, comparisons, runs, missing });
}

const atOnce = runsOf('plain', [200, 199, 200, 200]);
const spread = runsOf('jitter', [60, 58, 61, 60]);
const held = judge([...atOnce, ...spread]);
const noDifferent = judge([...atOnce, ...runsOf('jitter', [199, 200, 198, 200])]);

describe('a set', () => {
  it('passes where every comparison holds', () => {
    assert.deepEqual([held.verdict, held.exitCode, held.why], ['passed', 0, ['Every comparison held.']]);
    const [peak, failures] = held.comparisons;
    assert.deepEqual([peak?.state, failures?.state], ['held', 'held']);
    assert.deepEqual(peak?.variant, { name: 'jitter', values: [60, 58, 61, 60], mean: 59.75 });
    assert.match(peak?.seen ?? '', /^−70\.1% \(/);
    assert.equal(peak?.difference?.test, 'bootstrap over 4 and 4 runs; permutation test');
    assert.match(failures?.difference?.test ?? '', /two-proportion z-test$/);
  });

  it('is inconclusive where a claimed difference is within the noise: no different', () => {
    const [peak] = noDifferent.comparisons;
    assert.deepEqual([noDifferent.verdict, noDifferent.exitCode, peak?.state, peak?.noDifferent], ['inconclusive', 2, 'unknown', true]);
    assert.match(noDifferent.why[0] ?? '', /^Comparison fewer-at-once, jitter against plain, is unknown \(jobs max: no different: /);
  });

  it('fails where a comparison is broken', () => {
    const failed = judge([...atOnce, ...runsOf('jitter', [180, 181, 180, 182])]);
    assert.deepEqual([failed.verdict, failed.exitCode, failed.comparisons[0]?.state], ['failed', 1, 'broken']);
  });

  it('says that too few runs cannot tell', () => {
    const few = judge([...runsOf('plain', [200, 200]), ...runsOf('jitter', [60, 60])]);
    assert.equal(few.exitCode, 2);
    assert.match(few.comparisons[0]?.seen ?? '', /^2 and 2 runs cannot tell/);
    assert.equal(few.comparisons[1]?.state, 'held', few.comparisons[1]?.seen);
  });

  it('holds nothing against it that its baseline fails, and everything that others do', () => {
    const failing = { darkMs: 25_000 };
    const counterCase = judge([...runsOf('plain', [200, 199, 200, 200], failing), ...spread]);
    assert.equal(counterCase.runs[0]?.verdict, 'failed');
    assert.equal(
      counterCase.why.some((each) => each.startsWith('Run ')),
      false,
    );
    const broken = judge([...atOnce, ...runsOf('jitter', [60, 58, 61, 60], failing)]);
    assert.deepEqual([broken.verdict, broken.exitCode], ['failed', 1]);
    assert.ok(
      broken.why.some((each) => /^Run jitter-1 \(jitter\): Objective failover is broken/.test(each)),
      broken.why.join('\n'),
    );
  });

  it('compares with no run that tells nothing itself', () => {
    const inconclusive = recorded({ variant: 'jitter', runId: 'jitter-4', peak: 60, before: 'broken' });
    const report = judge([...atOnce, ...spread.slice(0, 3), inconclusive]);
    assert.equal(report.exitCode, 2);
    assert.match(report.comparisons[0]?.seen ?? '', /^run jitter-4 tells nothing itself: The system was not in its steady state/);
  });

  it('compares with a run whose drill took place, also where its own verdict is not known', () => {
    const unsure = recorded({ variant: 'jitter', runId: 'jitter-4', peak: 60, after: 'unknown' });
    const report = judge([...atOnce, ...spread.slice(0, 3), unsure]);
    assert.deepEqual([report.exitCode, report.runs.at(-1)?.exitCode, report.comparisons[0]?.state], [2, 2, 'held']);
    assert.match(report.why.join('\n'), /^Run jitter-4 \(jitter\): Whether the steady state returned is unknown/);
  });

  it('ends by the weightiest of its runs', () => {
    const notUndone = recorded({ variant: 'jitter', runId: 'jitter-9', peak: 60 }, { exitCode: 6 });
    assert.equal(judge([...atOnce, ...spread, notUndone]).exitCode, 6);
    const stopped = judge([...atOnce, ...spread], { kind: 'stopped', text: '3 more runs were asked for and not made.' });
    assert.deepEqual([stopped.exitCode, stopped.verdict, stopped.why], [5, 'inconclusive', ['3 more runs were asked for and not made.']]);
  });

  it('tells which comparisons it is not about', () => {
    const alone = judge(spread);
    assert.deepEqual(alone.leftOut, [
      { name: 'fewer-at-once', why: 'plain was not run' },
      { name: 'no-more-failures', why: 'plain was not run' },
    ]);
    assert.deepEqual([alone.exitCode, alone.why], [0, ['Every run passed.']]);
  });
});

describe('a stored run', () => {
  const byDefault = comparisonsOf({ ...experiment, scenarios: [{} as (typeof experiment.scenarios)[number]] }, true);

  it('is compared by latency and failures where the file does not say', () => {
    assert.deepEqual(Object.keys(byDefault), ['latency-no-worse', 'failures-no-more']);
    assert.deepEqual(comparisonsOf(experiment, false), {});
    assert.deepEqual(Object.keys(comparisonsOf(compared, false)), Object.keys(comparisons));
  });

  it('is told no different from a run like it, and from one that fails more', () => {
    const stored = recorded({ variant: 'plain', runId: 'old', peak: 1 }, { stored: true, comparisons: byDefault });
    const against = (refused: number) => {
      const run = recorded({ variant: 'plain', runId: 'new', peak: 1, refused }, { comparisons: byDefault });
      const { comparisons: judged } = judgeSet({ setId: 's', seed: 1, comparisons: byDefault, runs: [run, stored] });
      return judged.find(({ name }) => name === 'failures-no-more');
    };
    const worse = against(0.5);
    assert.deepEqual([worse?.baseline.name, worse?.state], ['run old', 'broken'], worse?.seen);
    assert.equal(against(0)?.state, 'unknown', 'an outage of a few seconds in one run of each is too little to tell 1 % by');
  });
});

describe('the formats of a set', () => {
  it('are one report', () => {
    for (const report of [held, noDifferent])
      assert.deepEqual(setReportSchema.parse(JSON.parse(renderSetJson(report))), JSON.parse(JSON.stringify(report)));
  });

  it('link to each run', () => {
    const html = renderSetHtml(held);
    for (const { runId } of held.runs) assert.match(html, new RegExp(`<a href="../../runs/${runId}/report.html">${runId}</a>`));
    assert.match(renderSetSummary(held), /\| ✅ \[plain-1\]\(\.\.\/\.\.\/runs\/plain-1\/report\.html\) \| plain \| passed, exit 0 \|/);
  });

  it('say what is no different', () => {
    const text = renderSetVerdict(noDifferent, { color: false, columns: 120, paths: ['summary.md'] });
    assert.match(text, /^\nINCONCLUSIVE: compared {2}South America goes dark\n/);
    assert.match(
      text,
      /\? fewer-at-once {2}jitter against plain: unknown, no different\n {4}jobs max, since the fault: 199 \(199, 200, 198, 200\) against 200 \(200, 199, 200, 200\), −0\.25% \(/,
    );
    assert.match(renderSetHtml(noDifferent), /no different/);
    assert.match(renderSetSummary(noDifferent), /difference&lt;=-20%: unknown, no different/);
  });

  it('tell a difference in the unit of its claim', () => {
    const text = renderSetVerdict(held, { color: false, columns: 200 });
    assert.match(text, /−70\.1% \(.*%\); claimed: difference<=-20%/);
    assert.match(text, /, 0 \(−0\.00\d+ … \+0\.00\d+\); claimed: difference<0\.1/);
  });

  it('are tests for a CI: unknown is an error, broken a failure, a baseline that fails none', () => {
    assert.match(renderSetJunit(held), /<testsuites name="firedrill" tests="11" failures="0" errors="0"/);
    assert.match(
      renderSetJunit(noDifferent),
      /errors="1"[\s\S]*name="comparison fewer-at-once: jitter against plain" time="0">\s*<error message="difference&lt;=-20%: no different/,
    );
    const counterCase = judge([...runsOf('plain', [200, 199, 200, 200], { darkMs: 25_000 }), ...spread]);
    assert.doesNotMatch(renderSetJunit(counterCase), /name="run plain-1 \(plain\)" time="0">/);
  });

  it('escape what came from outside', () => {
    const evil = { ...held, experiment: { ...held.experiment, title: '<script>alert(1)</script>' } };
    assert.doesNotMatch(renderSetHtml(evil), /<script>/);
    assert.doesNotMatch(renderSetSummary(evil), /<script>/);
  });
});
