import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Objective } from '../../../experiments/language/experiment.ts';
import { Evidence } from '../../../probes/slo/evidence.ts';
import type { LateSpan } from '../../../probes/slo/generator-lag.ts';
import { judgeObjective, type ObjectiveJudgement } from '../../../probes/slo/judge-objective.ts';
import type { FaultClock } from '../../../probes/slo/recovery.ts';
import { addReadings, evidenceOf, hang, load, objective, outage, quick, reading, type System } from './synthetic-load.ts';

const failed = load('http_req_failed{region:home}', 'rate<0.01');
/** Asked at 20 s, proven at 20.2 s, undone at 50 s; watched to 90 s. */
const lasting: FaultClock = { askedAtMs: 20_000, inEffectAtMs: 20_200, endedAtMs: 50_034, momentary: false };
const momentary: FaultClock = { askedAtMs: 20_000, inEffectAtMs: 20_200, endedAtMs: 20_200, momentary: true };
const WATCH_END_MS = 90_000;

interface Circumstances {
  readonly clock?: FaultClock | undefined;
  readonly evidence?: Evidence;
  readonly watchEndMs?: number;
  readonly late?: readonly LateSpan[];
}

function judge(clauses: Partial<Objective>, system: System, circumstances: Circumstances = {}): ObjectiveJudgement {
  const { watchEndMs = WATCH_END_MS, late = [] } = circumstances;
  const evidence = circumstances.evidence ?? evidenceOf({ ratePerS: 150, toMs: watchEndMs, system });
  return judgeObjective(objective(clauses), evidence, {
    clock: 'clock' in circumstances ? circumstances.clock : lasting,
    watchEndMs,
    late,
  });
}

function states(judged: ObjectiveJudgement): Record<string, string> {
  return Object.fromEntries(judged.clauses.map(({ clause, state }) => [clause, state]));
}

function near(actual: number | null, expected: number, errorMs = 100): void {
  assert.ok(actual !== null && Math.abs(actual - expected) <= errorMs, `${actual} is not ${expected} ± ${errorMs}`);
}

const failover = { good: failed, 'mitigated-within': { ms: 10_000 }, 'recovered-within': { ms: 5000 } };

describe('an objective on a lasting fault', () => {
  it('is held when the system fails over in time, and says when', () => {
    const judged = judge(failover, outage(20_100, 24_300));
    assert.equal(judged.state, 'held');
    assert.equal(judged.neverImpacted, false);
    near(judged.firstImpactMs, 20_100);
    near(judged.mitigatedMs, 24_300);
    assert.equal(judged.recoveredMs, 50_034);
    assert.equal(judged.errorMs, 100);
    near((judged.failedShare ?? 0) * 90_000, 4200, 10);
  });

  it('is broken when it fails over too late', () => {
    const judged = judge(failover, outage(20_100, 31_000));
    assert.deepEqual(states(judged), { 'mitigated-within': 'broken', 'recovered-within': 'held' });
    near(judged.mitigatedMs, 31_000);
  });

  it('is broken without any failover, and nothing is called mitigated', () => {
    const judged = judge(failover, outage(20_100, 50_034));
    assert.deepEqual(states(judged), { 'mitigated-within': 'broken', 'recovered-within': 'held' });
    assert.equal(judged.mitigatedMs, null);
    near(judged.recoveredMs, 50_034);
  });

  it('is broken by a system that hangs, whatever its time-outs are', () => {
    for (const timeoutMs of [5000, 10_000, 16_000, 25_000, 60_000]) {
      const judged = judge(failover, hang(20_100, 50_034, timeoutMs));
      assert.equal(states(judged)['mitigated-within'], 'broken', `${timeoutMs}`);
      assert.equal(judged.mitigatedMs, null, `${timeoutMs}`);
      near(judged.firstImpactMs, 20_100);
      near(judged.recoveredMs, 50_034);
    }
  });

  it('is broken by a hang in latency as well, though the last waiters before the undo wait but briefly', () => {
    const good = load('http_req_latency', 'p(95)<3000');
    const judged = judge({ ...failover, good }, hang(20_100, 50_034));
    assert.equal(states(judged)['mitigated-within'], 'broken');
    assert.equal(judged.mitigatedMs, null);
  });

  it('is not mitigated by those whom the end of the fault rescues, when only some hang', () => {
    const good = load('http_req_latency', 'p(95)<3000');
    const half: System = (ms) => (Math.floor(ms * 0.15) % 2 === 0 ? quick(ms) : hang(20_100, 31_000)(ms));
    const judged = judge({ good, 'mitigated-within': { ms: 10_000 } }, half, { clock: { ...lasting, endedAtMs: 31_000 } });
    assert.equal(judged.mitigatedMs, null);
    assert.equal(judged.state, 'unknown');
    const strict = judge({ good, 'mitigated-within': { ms: 5000 } }, half, { clock: { ...lasting, endedAtMs: 31_000 } });
    assert.equal(strict.state, 'broken');
    const soon: System = (ms) => (ms >= 20_100 && ms < 24_000 ? { outcome: 'ok', latencyMs: 5000 } : quick(ms));
    near(judge({ good, 'mitigated-within': { ms: 5000 } }, soon, { clock: { ...lasting, endedAtMs: 31_000 } }).mitigatedMs, 24_000);
  });

  it('has no instants when it was never impacted', () => {
    const judged = judge({ ...failover, throughout: true }, quick);
    assert.deepEqual(
      { ...judged, clauses: [], intervals: [] },
      {
        state: 'held',
        neverImpacted: true,
        firstImpactMs: null,
        mitigatedMs: null,
        recoveredMs: null,
        instants: { impact: null, detected: null, mitigated: null, recovered: null, steady: null },
        errorMs: 100,
        failedShare: 0,
        clauses: [],
        intervals: [],
      },
    );
  });

  it('is mitigated only from the last time that it got good while the fault lasted', () => {
    const flapping: System = (ms) => (ms >= 20_100 && ms < 28_000 && ms % 2000 < 1000 ? { outcome: '5xx', latencyMs: 3 } : quick(ms));
    const judged = judge(failover, flapping);
    near(judged.mitigatedMs, 27_000);
    assert.equal(judged.state, 'held');
    const relapse: System = (ms) => (ms >= 40_000 && ms < 41_000 ? { outcome: '5xx', latencyMs: 3 } : outage(20_100, 24_000)(ms));
    near(judge(failover, relapse).mitigatedMs, 41_000);
    assert.equal(judge(failover, relapse).state, 'broken');
  });

  it('is recovered only from the last time that it got good', () => {
    const relapse: System = (ms) => (ms >= 60_000 && ms < 62_000 ? { outcome: '5xx', latencyMs: 3 } : outage(20_100, 51_000)(ms));
    const judged = judge(failover, relapse);
    near(judged.recoveredMs, 62_000);
    assert.equal(states(judged)['recovered-within'], 'broken');
    assert.equal(states(judge(failover, outage(20_100, 51_000)))['recovered-within'], 'held');
  });

  it('is not recovered when it is not good at the end', () => {
    const judged = judge(failover, outage(70_000, 95_000));
    assert.equal(judged.recoveredMs, null);
    assert.deepEqual(states(judged), { 'mitigated-within': 'held', 'recovered-within': 'broken' });
  });

  it('does not hold against mitigation what the undo itself does', () => {
    const failback: System = (ms) => (ms >= 50_000 && ms < 50_700 ? { outcome: 'reset', latencyMs: 3 } : outage(20_100, 24_000)(ms));
    const judged = judge(failover, failback);
    near(judged.mitigatedMs, 24_000);
    near(judged.recoveredMs, 50_700);
    assert.equal(judged.state, 'held');
  });

  it('does not blame the fault for what happened before it', () => {
    const judged = judge({ good: failed, throughout: true }, outage(10_000, 12_000));
    assert.equal(judged.state, 'held');
    assert.equal(judged.neverImpacted, true);
  });

  it('counts requests that were on their way when the fault hit as its first impact', () => {
    const judged = judge({ good: failed, throughout: true }, outage(19_930, 20_000));
    assert.equal(judged.state, 'broken');
    assert.equal(judged.firstImpactMs, 20_000);
  });

  it('holds throughout only without a single stretch that is not good', () => {
    assert.equal(judge({ good: failed, throughout: true }, outage(70_000, 70_300)).state, 'broken');
    assert.equal(judge({ good: failed }, outage(70_000, 70_300)).state, 'broken');
    assert.equal(judge({ good: failed }, quick).state, 'held');
  });

  it('keeps to its budget to the letter: 4.2 s of 90 s are 4.67 %', () => {
    assert.equal(judge({ good: failed, budget: 0.05 }, outage(20_100, 24_300)).state, 'held');
    assert.equal(judge({ good: failed, budget: 0.04 }, outage(20_100, 24_300)).state, 'broken');
  });
});

describe('an objective that cannot be known', () => {
  it('is unknown without data', () => {
    const judged = judge(failover, quick, { evidence: new Evidence() });
    assert.equal(judged.state, 'unknown');
    assert.equal(judged.neverImpacted, false);
    assert.deepEqual(states(judged), { 'mitigated-within': 'unknown', 'recovered-within': 'unknown' });
    assert.equal(judge({ good: failed, throughout: true, budget: 0.5 }, quick, { evidence: new Evidence() }).state, 'unknown');
  });

  it('is unknown when the load ends before the fault does', () => {
    const judged = judge({ ...failover, throughout: true }, quick, { evidence: evidenceOf({ ratePerS: 50, toMs: 40_000, system: quick }) });
    assert.equal(judged.state, 'unknown');
    assert.equal(judged.neverImpacted, false);
    assert.deepEqual(states(judged), { throughout: 'unknown', 'mitigated-within': 'unknown', 'recovered-within': 'unknown' });
  });

  it('is broken by a known break even where the rest is unknown', () => {
    const evidence = evidenceOf({ ratePerS: 50, toMs: 40_000, system: outage(25_000, 26_000) });
    assert.equal(judge({ good: failed, throughout: true }, quick, { evidence }).state, 'broken');
  });

  it('is unknown over a break of the load, unless what is asked lies outside of it', () => {
    const evidence = evidenceOf(
      { ratePerS: 50, toMs: 22_000, system: quick },
      { ratePerS: 50, fromMs: 28_000, toMs: 90_000, system: quick },
    );
    const judged = judge({ ...failover, throughout: true }, quick, { evidence });
    assert.deepEqual(states(judged), { throughout: 'unknown', 'mitigated-within': 'held', 'recovered-within': 'held' });
    assert.equal(judged.neverImpacted, false);
    assert.equal(judged.mitigatedMs, null);
  });

  it('is unknown when the fault ended before its limit was up and it was bad till then', () => {
    const clock = { ...lasting, endedAtMs: 25_000 };
    assert.equal(states(judge(failover, outage(20_100, 25_000), { clock }))['mitigated-within'], 'unknown');
    assert.equal(states(judge(failover, outage(20_100, 22_000), { clock }))['mitigated-within'], 'held');
  });

  it('is unknown when the watch ended before its limit was up and it was bad till then', () => {
    const judged = judge(failover, outage(48_000, 60_000), { watchEndMs: 53_000 });
    assert.equal(states(judged)['recovered-within'], 'unknown');
    assert.equal(states(judge(failover, outage(48_000, 51_000), { watchEndMs: 53_000 }))['recovered-within'], 'held');
  });

  it('is unknown where nobody knows when the fault ended', () => {
    const judged = judge(failover, quick, { clock: { ...lasting, endedAtMs: undefined } });
    assert.equal(states(judged)['recovered-within'], 'unknown');
    assert.equal(judged.recoveredMs, null);
  });

  it('is unknown where the fault never took effect, in every clause', () => {
    const judged = judge({ ...failover, throughout: true, budget: 0.5 }, quick, { clock: undefined });
    assert.equal(judged.state, 'unknown');
    assert.ok(judged.clauses.length === 4 && judged.clauses.every(({ state }) => state === 'unknown'));
    assert.equal(judged.neverImpacted, false);
  });

  it('is unknown in latency where the lag of the generator may explain what was seen', () => {
    const slow =
      (latencyMs: number): System =>
      (ms) =>
        ms >= 30_000 && ms < 34_000 ? { outcome: 'ok', latencyMs } : quick(ms);
    const late = [{ fromMs: 29_000, toMs: 36_000, lagMs: 100 }];
    const good = load('http_req_latency', 'p(95)<250');
    assert.equal(judge({ good }, slow(300), { late }).state, 'unknown');
    assert.match(judge({ good }, slow(300), { late }).clauses[0]?.seen ?? '', /generator was itself too late/);
    assert.equal(judge({ good }, slow(400), { late }).state, 'broken');
    assert.equal(judge({ good }, slow(300), { late: [{ fromMs: 60_000, toMs: 70_000, lagMs: 100 }] }).state, 'broken');
    assert.equal(judge({ good }, quick, { late }).state, 'held');
    assert.equal(judge({ good: load('http_req_latency', 'p(95)>1') }, quick, { late }).state, 'unknown');
    assert.equal(judge({ good: failed }, outage(30_000, 31_000), { late }).state, 'broken');
  });

  it('leaves out the hundredth that lagged most before it believes in a high percentile', () => {
    const late = [{ fromMs: 0, toMs: 90_000, lagMs: 50 }];
    const good = load('http_req_latency', 'p(99)<250');
    const share =
      (part: number): System =>
      (ms) =>
        Math.round(ms * 0.15) % 200 < part ? { outcome: 'ok', latencyMs: 2000 } : quick(ms);
    assert.equal(judge({ since: good }, share(3), { late }).state, 'unknown');
    assert.equal(judge({ since: good }, share(5), { late }).state, 'broken');
    assert.equal(judge({ since: good }, share(3)).state, 'broken');
    assert.equal(judge({ since: good }, share(1), { late }).state, 'held');
  });

  it('is unknown when it asks for nothing, and when its judge throws', () => {
    assert.equal(judge({}, quick).state, 'unknown');
    const evidence = new Evidence();
    evidence.seriesOf = () => {
      throw new Error('lost the evidence');
    };
    const judged = judge({ good: failed, throughout: true }, quick, { evidence });
    assert.equal(judged.state, 'unknown');
    assert.match(judged.clauses[0]?.seen ?? '', /lost the evidence/);
  });
});

describe('an objective on a fault that is over at once', () => {
  it('recovers from the proof on, and cannot be mitigated', () => {
    const judged = judge(failover, outage(20_100, 23_000), { clock: momentary });
    near(judged.recoveredMs, 23_000);
    assert.equal(judged.mitigatedMs, null);
    assert.deepEqual(states(judged), { 'mitigated-within': 'unknown', 'recovered-within': 'held' });
    assert.equal(judge({ good: failed, 'recovered-within': { ms: 2000 } }, outage(20_100, 23_000), { clock: momentary }).state, 'broken');
  });

  it('counts `since` and `after` from the proof, and has no `during`', () => {
    const evidence = new Evidence();
    addReadings(evidence, 'reads', { toMs: 90_000, value: (ms) => (ms < 20_100 ? 100 : 600) });
    evidence.addFacts('eviction', { evicted: 800 });
    const since = reading('reads', { bound: 'delta<=1', per: { fault: 'eviction', fact: 'evicted' } });
    const judged = judge({ since, during: since, after: { within: { ms: 5000 }, condition: since } }, quick, {
      clock: momentary,
      evidence,
    });
    assert.deepEqual(states(judged), { during: 'unknown', since: 'held', after: 'held' });
    assert.match(judged.clauses.find(({ clause }) => clause === 'since')?.seen ?? '', /0\.625.*500 \/ 800/);
  });
});

describe('clauses over a stretch of time', () => {
  const stale = reading('stale', { bound: 'min>0' });
  const fresh = reading('stale', { bound: 'max==0' });
  const evidence = new Evidence();
  addReadings(evidence, 'stale', { toMs: 90_000, everyMs: 500, value: (ms) => (ms >= 22_000 && ms < 53_000 ? 0.4 : 0) });

  it('judges `during` from the proof to the undo', () => {
    assert.equal(judge({ during: stale }, quick, { evidence }).state, 'broken');
    assert.equal(judge({ during: stale }, quick, { evidence, clock: { ...lasting, inEffectAtMs: 22_000 } }).state, 'held');
  });

  it('judges `during` from mitigation on where that is asked for, and not at all without mitigation', () => {
    const good = reading('stale', { bound: 'value==0' });
    const asked = { good, 'mitigated-within': { ms: 10_000 }, during: fresh };
    const brief = new Evidence();
    addReadings(brief, 'stale', { toMs: 90_000, everyMs: 500, value: (ms) => (ms >= 21_000 && ms < 25_000 ? 0.4 : 0) });
    assert.deepEqual(states(judge(asked, quick, { evidence: brief })), { 'mitigated-within': 'held', during: 'held' });
    assert.equal(judge({ during: fresh }, quick, { evidence: brief }).state, 'broken');
    assert.deepEqual(states(judge(asked, quick, { evidence })), { 'mitigated-within': 'broken', during: 'unknown' });
  });

  it('judges `after` from so long after the undo', () => {
    assert.equal(judge({ after: { within: { ms: 5000 }, condition: fresh } }, quick, { evidence }).state, 'held');
    assert.equal(judge({ after: { within: { ms: 1000 }, condition: fresh } }, quick, { evidence }).state, 'broken');
    assert.equal(judge({ after: { within: { ms: 45_000 }, condition: fresh } }, quick, { evidence }).state, 'unknown');
  });

  it('judges `since` from the proof to the end of the watch', () => {
    assert.equal(judge({ since: reading('stale', { bound: 'max<0.5' }) }, quick, { evidence }).state, 'held');
    assert.equal(judge({ since: fresh }, quick, { evidence }).state, 'broken');
  });
});
