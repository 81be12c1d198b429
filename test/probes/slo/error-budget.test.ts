import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseDurationMs } from '../../../experiments/language/duration.ts';
import { BURN_WINDOWS } from '../../../experiments/language/error-budget.ts';
import { budgetUsed, burnRate, firesAfterMs } from '../../../probes/slo/error-budget.ts';
import { Evidence } from '../../../probes/slo/evidence.ts';
import { judgeObjective } from '../../../probes/slo/judge-objective.ts';
import { evidenceOf, load, objective, outage, quick, reading } from './synthetic-load.ts';

const ms = (text: string): number => parseDurationMs(text) ?? Number.NaN;
const near = (actual: number, expected: number) => assert.ok(Math.abs(actual - expected) < 1e-9 * expected, `${actual} is not ${expected}`);

describe('burn rates and budgets, against the numbers of the Site Reliability Workbook, chapter 5', () => {
  it('burn at 1, 2, 10 and 1,000 for 0.1 %, 0.2 %, 1 % and 100 % of errors at 99.9 % (table 5-4)', () => {
    const errorRatios = [0.001, 0.002, 0.01, 1];
    [1, 2, 10, 1000].forEach((rate, index) => {
      near(burnRate(errorRatios[index] ?? 0, 0.999), rate);
    });
  });

  it('use the whole budget of 30 days in 30 d, 15 d, 3 d and 43.2 min at these rates (table 5-4)', () => {
    const lengths = [ms('30d'), ms('15d'), ms('3d'), ms('43.2m')];
    [0.001, 0.002, 0.01, 1].forEach((errorRatio, index) => {
      near(budgetUsed(errorRatio, 0.999, lengths[index] ?? 0, ms('30d')), 1);
    });
  });

  it('use 2 % in an hour at 14.4, 5 % in six hours at 6 and 10 % in three days at 1 (table 5-8)', () => {
    near(budgetUsed(14.4 * 0.001, 0.999, ms('1h'), ms('30d')), 0.02);
    near(budgetUsed(6 * 0.001, 0.999, ms('6h'), ms('30d')), 0.05);
    near(budgetUsed(1 * 0.001, 0.999, ms('3d'), ms('30d')), 0.1);
  });

  it('fire after (1 − SLO) / error ratio × window × rate: a total outage at 99.9 % within 51.84 s', () => {
    near(firesAfterMs(1, 0.999, ms('1h'), 14.4), 51_840);
    near(firesAfterMs(0.0144, 0.999, ms('1h'), 14.4), ms('1h'));
    near(firesAfterMs(1, 0.99, ms('6h'), 6), ms('6h') * 0.06);
  });

  it('have the windows that page somebody, the short one a twelfth of the long one', () => {
    assert.deepEqual(
      BURN_WINDOWS.map(({ rate, over, 'and-over': andOver }) => [rate, over.ms, andOver.ms]),
      [
        [14.4, ms('1h'), ms('5m')],
        [6, ms('6h'), ms('30m')],
      ],
    );
    for (const { over, 'and-over': andOver } of BURN_WINDOWS) assert.equal(over.ms / andOver.ms, 12);
  });
});

describe('an objective with a budget of a period', () => {
  const good = load('http_req_failed{region:home}', 'rate<0.01');
  const clock = { askedAtMs: 20_000, inEffectAtMs: 20_200, endedAtMs: 50_000, momentary: false };
  const judge = (atMost: number, evidence: Evidence, condition: Parameters<typeof objective>[0]['good'] = good) => {
    const budget = { slo: 0.999, period: { ms: ms('30d') }, 'at-most': atMost };
    const { state, clauses } = judgeObjective(objective({ good: condition, budget }), evidence, { clock, watchEndMs: 90_000, late: [] });
    return { state, seen: clauses[0]?.seen ?? '' };
  };

  it('is judged on the share that the run used: 0.9 s of 90 s failed are 0.9 s of the 43.2 min', () => {
    const evidence = evidenceOf({ ratePerS: 100, toMs: 90_000, system: outage(30_000, 30_900) });
    const used = 0.9 / (43.2 * 60);
    assert.equal(judge(used * 1.01, evidence).state, 'held');
    assert.equal(judge(used * 0.99, evidence).state, 'broken');
    assert.match(judge(0.01, evidence).seen, /^0\.0347% of the budget of 30d used: 1% failed in 1m30s, a burn rate of 10$/);
  });

  it('counts from the first to the last request that was due, not the time without load', () => {
    const evidence = evidenceOf({ ratePerS: 100, fromMs: 40_000, toMs: 85_000, system: outage(50_000, 50_450) });
    assert.match(judge(0.01, evidence).seen, /1% failed in 45s/);
  });

  it('uses nothing where nothing failed, and is unknown without requests', () => {
    assert.equal(judge(0, evidenceOf({ ratePerS: 100, toMs: 90_000, system: quick })).state, 'held');
    assert.equal(judge(1, new Evidence()).state, 'unknown');
  });

  it('is judged on time where the indicator is a probe: wrong in 2 of 91 looks from 0 to 90 s, and never on one look', () => {
    const watched = new Evidence();
    const healthy = reading('health', { tolerance: { equals: 200 } });
    const look = (atMs: number, value: number) =>
      watched.addReading({ probe: 'health', container: undefined, startedMs: atMs, atMs, status: 'ok', value });
    look(0, 200);
    assert.deepEqual(judge(1, watched, healthy), { state: 'unknown', seen: 'a single look has no length' });
    for (let second = 1; second <= 90; second += 1) look(second * 1000, second === 40 || second === 41 ? 500 : 200);
    const used = ((2 / 91) * 90) / (43.2 * 60);
    assert.equal(judge(used * 1.01, watched, healthy).state, 'held');
    assert.equal(judge(used * 0.99, watched, healthy).state, 'broken');
    assert.match(judge(1, watched, healthy).seen, /2\.2% failed in 1m30s, a burn rate of 22$/);
  });
});
