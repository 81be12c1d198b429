import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Evidence } from '../../../probes/slo/evidence.ts';
import { judgeLoad } from '../../../probes/slo/judge-load.ts';
import { loadTimeline } from '../../../probes/slo/load-timeline.ts';
import { AskedSeries } from '../../../runners/load/recording/asked-series.ts';
import { Recorder } from '../../../runners/load/recording/recorder.ts';
import { load } from './synthetic-load.ts';

const RUN_MS = 20_000;
const OUTAGE = [8000, 11_000] as const;

/** Ten requests a second, answered in 30 ms; by 503 in the outage. `asked` parts them by their answers. */
function run(asked: boolean, settledUntilMs = RUN_MS): Evidence {
  const evidence = new Evidence();
  const recorder = new Recorder((series) => evidence.addSeries(series));
  const parted = new AskedSeries(recorder, { kind: ['api'], ...(asked ? { status: ['503', '504'] } : {}) });
  for (let atMs = 0; atMs < RUN_MS; atMs += 100) {
    const series = parted.of({ scenario: 'all', kind: 'api' });
    series.planned(atMs);
    series.sent(atMs);
    if (atMs >= settledUntilMs) continue;
    const isDown = atMs >= OUTAGE[0] && atMs < OUTAGE[1];
    parted.ended(series, { status: isDown ? '503' : '200' }).settled(atMs, atMs, atMs + 30, isDown ? '5xx' : 'ok');
  }
  evidence.addCells(recorder.take());
  return evidence;
}

test('what is told apart by answers changes nothing of what is judged without them', () => {
  for (const condition of [
    load('http_req_failed', 'rate<0.1'),
    load('http_req_latency{kind:api}', 'p(95)<100'),
    load('http_reqs', 'rate>5'),
  ]) {
    const [plain, parted] = [run(false), run(true)];
    assert.deepEqual(judgeLoad(condition, parted, 0, RUN_MS), judgeLoad(condition, plain, 0, RUN_MS));
    assert.deepEqual(loadTimeline(condition, parted, RUN_MS, 1000), loadTimeline(condition, plain, RUN_MS, 1000), condition.load.text);
  }
  assert.equal(run(true).settledMs(RUN_MS), RUN_MS);
  assert.equal(run(true, 15_000).settledMs(RUN_MS), 15_000);
});

test('a counter of answers of a kind stands at zero while there are none, and its timeline says when there were', () => {
  const evidence = run(true);
  const none = load('http_reqs{status:503}', 'count==0');
  assert.deepEqual(
    loadTimeline(none, evidence, RUN_MS, 1000).intervals.map(({ fromMs, toMs, state }) => [fromMs, toMs, state]),
    [
      [0, OUTAGE[0], 'good'],
      [OUTAGE[0], OUTAGE[1], 'not-good'],
      [OUTAGE[1], RUN_MS, 'good'],
    ],
  );
  assert.equal(judgeLoad(load('http_reqs{status:504}', 'count==0'), evidence, 0, RUN_MS).state, 'held');
  assert.equal(judgeLoad(load('http_reqs{status:503}', 'count==30'), evidence, 0, RUN_MS).state, 'held');
});

test('where no load ran that could have been answered so, and of rates and trends without a sample, nothing is known', () => {
  const evidence = run(true);
  for (const condition of [
    load('http_reqs{kind:page,status:503}', 'count==0'),
    load('http_req_failed{status:504}', 'rate<1'),
    load('http_req_latency{status:504}', 'p(95)<1'),
  ])
    assert.equal(judgeLoad(condition, evidence, 0, RUN_MS).state, 'unknown', condition.load.text);
});
