import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderVerdict } from '../../../reports/terminal/verdict.ts';
import { failedReport, sampleFault, sampleReport } from '../html/sample-report.ts';

const OPTIONS = { color: false, columns: 100 };

test('the verdict comes first, then why, the objectives with their instants, the proof and the files', () => {
  const text = renderVerdict(sampleReport(), { ...OPTIONS, paths: ['runs/latest/report.html'] });
  const order = [
    'PASSED: the system held',
    'All 2 objectives held',
    '✓ failover',
    '4.23s ±107ms',
    'never impacted',
    'proof: 5 of 5',
    'report.html',
  ];
  const places = order.map((part) => text.indexOf(part));
  assert.ok(
    places.every((place, index) => place >= 0 && place > (places[index - 1] ?? -1)),
    `${places}\n${text}`,
  );
});

test('a broken objective is marked, and so is each clause that broke it', () => {
  const text = renderVerdict(failedReport(), OPTIONS);
  assert.match(text, /^FAILED: the system did not hold {2}South America goes dark \(variant unprotected\)$/m);
  assert.match(text, /^✕ failover/m);
  assert.match(text, /✕ budget: at most 12% of its requests fail; seen: 33% of 13 500 requests failed/);
  assert.match(text, /✓ recovered-within: good for good within 5s/);
});

test('thresholds are told with what was seen, where there are any', () => {
  const text = renderVerdict(failedReport(), OPTIONS);
  assert.match(
    text,
    /^Thresholds\n {2}✕ http_req_failed\{region:sa-east-1\} rate<0\.12; seen: rate 0\.334 of 13500\n {2}\? http_req_latency/m,
  );
  assert.doesNotMatch(renderVerdict(sampleReport(), OPTIONS), /Thresholds/);
});

test('a fault that is not known to be undone says what to type', () => {
  const fault = { ...sampleFault(), state: 'not-undone' as const, readBack: 'edge-sa: chain is still there' };
  const text = renderVerdict({ ...sampleReport(), faults: [fault] }, OPTIONS);
  assert.match(text, /NOT KNOWN TO BE UNDONE.*firedrill sweep/);
  assert.doesNotMatch(renderVerdict(sampleReport(), OPTIONS), /NOT KNOWN TO BE UNDONE/);
});

test('a report without objectives, faults and files is a verdict and its reasons', () => {
  const text = renderVerdict(
    {
      ...sampleReport(),
      objectives: [],
      faults: [],
      load: { ...sampleReport().load, scenarios: [] },
      verdict: 'inconclusive',
      why: ['No steady state.'],
    },
    OPTIONS,
  );
  assert.equal(text, '\nINCONCLUSIVE: the evidence is not enough to say  South America goes dark\n  No steady state.');
});

test('the load is told by scenario and tag, before, during and after the fault, and loudly where it cannot be believed', () => {
  const report = sampleReport();
  const text = renderVerdict(report, OPTIONS);
  assert.match(text, /^Load +before +sa-goes-dark +after$/m);
  assert.match(text, /^ {2}sa-east-1-viewers +p95 17ms, 0% failed +p95 2s, .*% failed +p95 17ms, 0% failed$/m);
  assert.doesNotMatch(text, /GENERATOR-LIMITED|MISSING|twice/);
  const generator = {
    ...report.generator,
    limited: true,
    lagP99Ms: 45,
    retried: 3,
    failure: 'the load generator (viewers) ended by SIGKILL',
  };
  const tags = [{ tag: 'kind', value: 'manifest', planned: 10, sent: 10, failed: 1, p50Ms: 1, p95Ms: 2, p99Ms: 3 }];
  const load = { ...report.load, tags, phases: report.load.phases.map((phase) => ({ ...phase, tags })) };
  const loud = renderVerdict({ ...report, generator, load }, OPTIONS);
  assert.match(loud, /GENERATOR-LIMITED: the load was itself late, by 45ms/);
  assert.match(loud, /A PART OF THE LOAD IS MISSING: the load generator \(viewers\) ended by SIGKILL/);
  assert.match(loud, /3 requests were sent twice/);
  assert.match(loud, /^ {2}kind: manifest +p95 2ms, 10% failed/m);
});
