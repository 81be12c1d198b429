import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Condition } from '../../../experiments/language/condition.ts';
import type { Objective } from '../../../experiments/language/experiment.ts';
import { Evidence } from '../../../probes/slo/evidence.ts';
import type { Instant } from '../../../probes/slo/instant.ts';
import { judgeObjective } from '../../../probes/slo/judge-objective.ts';
import type { FaultClock } from '../../../probes/slo/recovery.ts';
import { randomFrom } from '../../helpers/random.ts';
import { addReadings, evidenceOf, load, objective, outage, quick, reading } from './synthetic-load.ts';

const failed = load('http_req_failed{region:home}', 'rate<0.01');
/** Asked at 20 s, proven at 20.2 s, undone at 50 s; watched to 90 s. */
const clock: FaultClock = { askedAtMs: 20_000, inEffectAtMs: 20_200, endedAtMs: 50_000, momentary: false };
const WATCH_END_MS = 90_000;

function judge(clauses: Partial<Objective>, evidence: Evidence, more: { clock?: FaultClock; hypothesis?: readonly Condition[] } = {}) {
  return judgeObjective(objective(clauses), evidence, { clock, watchEndMs: WATCH_END_MS, late: [], ...more });
}

function stateOf(clauses: Partial<Objective>, evidence: Evidence, more: Parameters<typeof judge>[2] = {}) {
  const { state, clauses: judged } = judge(clauses, evidence, more);
  assert.equal(judged.length, 1);
  return `${state}: ${judged[0]?.seen}`;
}

function holds(instant: Instant | null, truthMs: number): void {
  assert.ok(instant && instant.earliestMs <= truthMs && truthMs <= instant.latestMs, `${JSON.stringify(instant)} does not hold ${truthMs}`);
}

const home = (fromMs: number, toMs: number, ratePerS = 150) => evidenceOf({ ratePerS, toMs: WATCH_END_MS, system: outage(fromMs, toMs) });

/** Looks at a breaker that opens at an instant. */
function breaker(opensAtMs: number, options: { everyMs?: number; blind?: [number, number] } = {}): Evidence {
  const evidence = new Evidence();
  const blind = ([from, to]: [number, number], ms: number) => ms >= from && ms < to;
  addReadings(evidence, 'breaker', {
    toMs: WATCH_END_MS,
    everyMs: options.everyMs ?? 1000,
    value: (ms) => (options.blind && blind(options.blind, ms) ? undefined : ms >= opensAtMs ? 'open' : 'closed'),
  });
  return evidence;
}

const opened = reading('breaker', { tolerance: { equals: 'open' } });

describe('instants', () => {
  it('lie within their stretch for any outage, rate of load and interval of a probe', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const random = randomFrom(seed * 131);
      const fromMs = 20_200 + random() * 3000;
      const toMs = 51_000 + random() * 20_000;
      const { instants } = judge({ good: failed, 'recovered-within': { ms: 1 } }, home(fromMs, toMs, 20 + random() * 200));
      holds(instants.impact, fromMs);
      holds(instants.recovered, toMs);
      const opensAtMs = 20_200 + random() * 9000;
      const signal = breaker(opensAtMs, { everyMs: 200 + random() * 2000 });
      holds(judge({ 'detected-by': opened, 'detected-within': { ms: 1 } }, signal).instants.detected, opensAtMs);
    }
  });

  it('of the load are known within a bucket, those of a probe within its interval', () => {
    const { instants } = judge({ good: failed, 'mitigated-within': { ms: 10_000 } }, home(20_400, 24_300));
    assert.deepEqual(instants.mitigated, { earliestMs: 24_200, latestMs: 24_400 });
    const { instants: seen } = judge({ 'detected-by': opened, 'detected-within': { ms: 10_000 } }, breaker(22_500));
    assert.deepEqual(seen.detected, { earliestMs: 22_000, latestMs: 23_010 });
  });

  it('count a look that hung with all of its length', () => {
    const evidence = new Evidence();
    addReadings(evidence, 'health', { toMs: 50_000, value: (ms) => (ms < 21_000 ? 200 : 503) });
    evidence.addReading({ probe: 'health', container: undefined, startedMs: 50_000, atMs: 55_000, status: 'ok', value: 0 });
    addReadings(evidence, 'health', { fromMs: 55_000, toMs: WATCH_END_MS, value: () => 200 });
    const good = reading('health', { tolerance: { equals: 200 } });
    const { instants } = judge({ good, 'recovered-within': { ms: 3000 } }, evidence);
    holds(instants.recovered, 50_100);
    assert.match(stateOf({ good, 'recovered-within': { ms: 3000 } }, evidence), /^unknown: .*cannot tell/);
    assert.match(stateOf({ good, 'recovered-within': { ms: 6000 } }, evidence), /^held/);
  });

  it('are none where nothing happened', () => {
    const { instants } = judge({ good: failed, throughout: true }, evidenceOf({ ratePerS: 50, toMs: WATCH_END_MS, system: quick }), {
      hypothesis: [failed],
    });
    assert.deepEqual(instants, { impact: null, detected: null, mitigated: null, recovered: null, steady: null });
  });
});

describe('a limit inside of the stretch in which an instant lies', () => {
  it('leaves mitigated-within unknown, and says so; outside of it the clause is decided', () => {
    const evidence = home(20_400, 24_300);
    const within = (ms: number) => stateOf({ good: failed, 'mitigated-within': { ms } }, evidence);
    assert.match(within(3900), /^broken: good again only 4s to 4\.2s after its proof/);
    assert.match(within(4100), /^unknown: good again 4s to 4\.2s after its proof: the sampling cannot tell/);
    assert.match(within(4200), /^held: good again 4s to 4\.2s/);
  });

  it('leaves recovered-within unknown likewise', () => {
    const evidence = home(20_400, 53_000);
    const within = (ms: number) => stateOf({ good: failed, 'recovered-within': { ms } }, evidence).split(':')[0];
    assert.deepEqual([2800, 3000, 3100].map(within), ['broken', 'unknown', 'held']);
  });

  it('leaves detected-within unknown likewise', () => {
    const within = (ms: number) => stateOf({ 'detected-by': opened, 'detected-within': { ms } }, breaker(22_500)).split(':')[0];
    assert.deepEqual([1700, 2300, 2900].map(within), ['broken', 'unknown', 'held']);
  });

  it('never passes nor fails against the truth, wherever the limit is put', () => {
    for (let seed = 1; seed <= 30; seed += 1) {
      const random = randomFrom(seed * 977);
      const toMs = 50_200 + random() ** 2 * 20_000;
      const evidence = home(20_400, toMs, 25 + random() * 150);
      for (const share of [0.5, 0.9, 0.99, 1.01, 1.1, 2]) {
        const ms = (toMs - 50_000) * share;
        const { state } = judge({ good: failed, 'recovered-within': { ms } }, evidence);
        assert.notEqual(state, share < 1 ? 'held' : 'broken', `seed ${seed}, ${share} of ${toMs - 50_000}`);
      }
    }
  });
});

describe('detected-within', () => {
  const within = (ms: number, evidence: Evidence, more?: Parameters<typeof judge>[2]) =>
    stateOf({ 'detected-by': opened, 'detected-within': { ms } }, evidence, more);

  it('is broken where the signal never came', () => {
    assert.match(within(5000, breaker(Number.POSITIVE_INFINITY)), /^broken: not detected up to 1m/);
  });

  it('is unknown where the signal was given before the fault, for it tells nothing then', () => {
    assert.match(within(5000, breaker(10_000)), /^unknown: the signal was given already/);
  });

  it('is unknown without readings, and where nobody looked when it may have come', () => {
    assert.match(within(5000, new Evidence()), /^unknown/);
    assert.match(within(5000, breaker(24_000, { blind: [20_500, 30_000] })), /^unknown: .*not known in between/);
    assert.match(within(15_000, breaker(24_000, { blind: [20_500, 30_000] })), /^held/);
  });

  it('is unknown where the watch ended before its limit', () => {
    assert.match(within(80_000, breaker(Number.POSITIVE_INFINITY)), /^unknown: not detected when the watch ended/);
  });

  it('takes a signal of the load as well', () => {
    const alert = load('http_req_failed{region:home}', 'rate>0.5');
    assert.match(stateOf({ 'detected-by': alert, 'detected-within': { ms: 2000 } }, home(20_400, 30_000)), /^held: detected/);
    assert.match(stateOf({ 'detected-by': alert, 'detected-within': { ms: 2000 } }, home(60_000, 70_000)), /^broken/);
  });
});

describe('steady-within', () => {
  const hypothesis = [failed, reading('health', { tolerance: { equals: 200 } })];
  const evidence = (healthyAtMs: number): Evidence => {
    const all = home(20_400, 51_000);
    addReadings(all, 'health', { toMs: WATCH_END_MS, value: (ms) => (ms >= 21_000 && ms < healthyAtMs ? 503 : 200) });
    return all;
  };
  const within = (ms: number, healthyAtMs: number) => stateOf({ 'steady-within': { ms } }, evidence(healthyAtMs), { hypothesis });

  it('counts from the undo to the instant from which all of the hypothesis holds for good', () => {
    assert.match(within(10_000, 55_500), /^held: steady for good 5s to 6\.1s after the undo/);
    assert.match(within(4000, 55_500), /^broken: steady for good only/);
    assert.match(within(5500, 55_500), /^unknown/);
    holds(judge({ 'steady-within': { ms: 1 } }, evidence(55_500), { hypothesis }).instants.steady, 55_500);
  });

  it('is broken where a part of it never holds again, and unknown without any hypothesis or without data on one', () => {
    assert.match(within(10_000, WATCH_END_MS), /^broken: still not steady/);
    assert.match(stateOf({ 'steady-within': { ms: 5000 } }, evidence(55_500)), /^unknown: there is no steady-state hypothesis/);
    const blind = [...hypothesis, reading('ghost', { tolerance: { equals: 1 } })];
    assert.match(stateOf({ 'steady-within': { ms: 5000 } }, evidence(52_000), { hypothesis: blind }), /^unknown/);
  });
});

describe('clocks that disagree', () => {
  it('leave everything unknown, and are told', () => {
    const evidence = evidenceOf({ ratePerS: 50, toMs: WATCH_END_MS, system: quick });
    const wrong: Partial<FaultClock>[] = [{ inEffectAtMs: 15_000 }, { endedAtMs: 19_000 }, { inEffectAtMs: Number.NaN }];
    for (const parts of wrong) {
      const seen = stateOf({ good: failed, throughout: true }, evidence, { clock: { ...clock, ...parts } });
      assert.match(seen, /^unknown: the clocks disagree/, JSON.stringify(parts));
    }
    assert.match(stateOf({ good: failed, throughout: true }, evidence, { clock: { ...clock, inEffectAtMs: 19_990 } }), /^held/);
  });
});
