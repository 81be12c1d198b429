import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constantArrivalRate } from '../../../../runners/load/executors/constant-arrival-rate.ts';
import { constantVus } from '../../../../runners/load/executors/constant-vus.ts';
import { ScenarioRun, usersMaxOf } from '../../../../runners/load/generator/scenario-run.ts';
import { Schedule } from '../../../../runners/load/pacing/schedule.ts';
import { Recorder } from '../../../../runners/load/recording/recorder.ts';
import { RequestsWorkload } from '../../../../runners/load/requests/requests-workload.ts';
import type { Engine, Job } from '../../../../runners/load/transport/engine.ts';
import { type ScenarioParts, Sums, scenarioOf } from '../support.ts';

/** When the target does not answer (frozen), refuses (dead), or the generator itself does not run (stalled), in ms from the start. */
interface Weather {
  readonly frozen?: readonly [number, number];
  readonly dead?: readonly [number, number];
  readonly stalled?: readonly [number, number];
}

const ANSWER_MS = 2;

function inside(span: readonly [number, number] | undefined, ms: number): boolean {
  return span !== undefined && ms >= span[0] && ms < span[1];
}

/** Runs a scenario in virtual time, in steps of 0.25 ms, against a target that answers after 2 ms when the weather lets it. */
function simulate(parts: ScenarioParts, weather: Weather) {
  const scenario = scenarioOf(parts);
  const executor = [constantArrivalRate, constantVus].find(({ name }) => name === scenario.executor) ?? constantArrivalRate;
  const plan = executor.plan(scenario.settings, { timeoutMs: scenario.timeout.ms });
  let nowMs = 0;
  let wake = () => {};
  const clock = { nowMs: () => nowMs, toMonotonicMs: (ms: number) => ms };
  const schedule = new Schedule(clock, 'thread', (callback) => {
    wake = callback;
    return { wakeAt() {}, async stop() {} };
  });
  let held: { job: Job; dueMs: number }[] = [];
  const engine: Engine = {
    retried: 0,
    send(job) {
      job.sent(nowMs);
      held.push({ job, dueMs: nowMs + ANSWER_MS });
    },
    cancel() {},
    async warm() {},
    sweep() {},
    close() {},
  };
  const answer = () => {
    const due = inside(weather.frozen, nowMs) ? [] : held.filter(({ dueMs }) => dueMs <= nowMs);
    held = held.filter((each) => !due.includes(each));
    for (const { job } of due) job.settle(inside(weather.dead, nowMs) ? 'refused' : 'ok', nowMs, undefined);
  };
  const recorder = new Recorder(() => {});
  const lags: number[] = [];
  const workload = new RequestsWorkload({
    scenario,
    seed: 1,
    clock,
    recorder,
    schedule,
    socketsMax: usersMaxOf(plan),
    openEngine: () => engine,
  });
  const gauges = { lag: (ms: number) => lags.push(ms) };
  const run = new ScenarioRun({ plan, workload, gracefulStopMs: scenario.gracefulStop.ms, clock, schedule, gauges });
  run.begin(0);
  const sums = new Sums();
  for (let step = 0; step <= (plan.durationMs + 10_000) * 4; step += 1) {
    nowMs = step / 4;
    answer();
    if (!inside(weather.stalled, nowMs)) wake();
    if (step % 400 === 0) sums.add(recorder.take());
  }
  sums.add(recorder.take());
  return { sums, lags, totals: workload.series.totals };
}

const TWENTY_SECONDS = { settings: { rate: 200, duration: '20s' }, timeout: { ms: 10_000 } };

test('a target frozen for 5 s of 20: all is recorded, and percentiles are those of theory within 5 %', () => {
  const { sums, lags } = simulate(TWENTY_SECONDS, { frozen: [5000, 10_000] });
  assert.deepEqual([sums.planned, sums.sent, sums.outcomes], [4000, 4000, { ok: 4000 }]);
  assert.ok(sums.latency.percentileMs(50) < 3);
  for (const [percentile, theoryMs] of [
    [90, 3000],
    [95, 4000],
    [99, 4800],
  ] as const) {
    const seen = sums.latency.percentileMs(percentile);
    assert.ok(Math.abs(seen - theoryMs) < 0.05 * theoryMs, `p(${percentile}) is ${seen} ms, theory ${theoryMs} ms`);
  }
  assert.ok(Math.max(...lags) < 1, 'none of it is the generator’s lag');
});

test('a generator stalled for 5 s of 20 sends all of the plan, counts the wait in latency, not in duration, and knows its own lag', () => {
  const { sums, lags } = simulate(TWENTY_SECONDS, { stalled: [5000, 10_000] });
  assert.deepEqual([sums.planned, sums.sent, sums.outcomes], [4000, 4000, { ok: 4000 }]);
  assert.ok(Math.abs(sums.latency.percentileMs(95) - 4000) < 200);
  assert.ok(sums.duration.percentileMs(99) < 3);
  assert.ok(Math.max(...lags) > 4900);
  assert.deepEqual([...new Set(sums.plannedByBucket.values())], [20], 'each 100 ms has its share, by intended start');
});

test('a target dead for 5 s of 20 costs the arrivals planned in the gap, no more and no fewer', () => {
  const { sums, totals } = simulate(TWENTY_SECONDS, { dead: [5000, 10_000] });
  assert.deepEqual(sums.outcomes, { ok: 3000, refused: 1000 });
  assert.equal(totals.failed, 1000);
  assert.ok(sums.latency.percentileMs(100) < 3, 'no answer is an orphan of the gap');
});

test('virtual users stop asking while the target is frozen: why objectives prefer an arrival rate', () => {
  const { sums } = simulate(
    { executor: 'constant-vus', settings: { vus: 4, duration: '20s', 'think-time': '18ms' } },
    { frozen: [5000, 10_000] },
  );
  assert.equal(sums.planned, sums.recorded);
  assert.ok(Math.abs(sums.planned - 3000) < 40, `${sums.planned} of the 4000 that 4 users make in 20 s`);
  assert.ok(sums.latency.percentileMs(99) < 3, 'the outage is four samples, too few to be seen');
});
