import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accuracyOf } from './ground-truth.ts';
import { allowedMs, type Measured, measure } from './measure.ts';
import { OUTAGE_KINDS, outageOf } from './outage.ts';

/** What a target's process on a busy machine may be late with an answer, beside the generator's own lag. */
const TARGET_LATE_MS_MAX = 50;
/** Few enough that four loads at once do not get into each other's way. */
const RATE_MAX = 100;

test('outages of less than a second are found where the target says that they were, whatever goes wrong', async () => {
  const outages = OUTAGE_KINDS.map((_, index) => {
    const outage = outageOf(index + 1, 1000);
    return { ...outage, ratePerS: Math.min(RATE_MAX, outage.ratePerS) };
  });
  const all = await Promise.all(outages.map(measure));
  assert.deepEqual(new Set(all.map(({ outage }) => outage.kind)), new Set(OUTAGE_KINDS));
  let blind = 0;
  for (const { outage, impactErrorMs, recoveryErrorMs, run } of all) {
    const most = allowedMs(outage) + run.worstLagMs + TARGET_LATE_MS_MAX;
    // Slow answers are not held against a system while the generator itself was late: then nobody knows.
    if (outage.kind === 'slow' && run.limited && (impactErrorMs === null || recoveryErrorMs === null)) {
      blind += 1;
      continue;
    }
    const text = `${JSON.stringify(outage)}: off by ${impactErrorMs} and ${recoveryErrorMs} ms, at most ${most}`;
    assert.ok(impactErrorMs !== null && Math.abs(impactErrorMs) <= most, text);
    assert.ok(recoveryErrorMs !== null && Math.abs(recoveryErrorMs) <= most, text);
  }
  const { falsePasses, falseFails, notFound } = accuracyOf(all);
  assert.deepEqual({ falsePasses, falseFails, notFound }, { falsePasses: 0, falseFails: 0, notFound: blind });
});

test('the accuracy counts what is wrong', () => {
  const start = { ns: '0', wallMs: 0 };
  const right: Measured = {
    outage: outageOf(1),
    target: { fails: start, heals: start },
    run: { start, worstLagMs: 0, limited: false },
    failedAtMs: 1000,
    healedAtMs: 2000,
    impactErrorMs: -20,
    recoveryErrorMs: 30,
    impact: { earliestMs: 900, latestMs: 1100 },
    recovered: { earliestMs: 1900, latestMs: 2100 },
    gates: { early: 'broken', late: 'unknown' },
  };
  assert.deepEqual(accuracyOf([right]), { ...accuracyOf([right]), outside: 0, falsePasses: 0, falseFails: 0, undecided: 1, notFound: 0 });
  const wrong: Measured = {
    ...right,
    impactErrorMs: null,
    impact: null,
    recovered: { earliestMs: 1900, latestMs: 1990 },
    gates: { early: 'held', late: 'broken' },
  };
  const { outside, falsePasses, falseFails, notFound } = accuracyOf([wrong]);
  assert.deepEqual({ outside, falsePasses, falseFails, notFound }, { outside: 2, falsePasses: 1, falseFails: 1, notFound: 1 });
});

test('a seed is an outage, always the same, within the bounds', () => {
  for (let seed = 1; seed <= 100; seed += 1) {
    const outage = outageOf(seed);
    assert.deepEqual(outage, outageOf(seed));
    assert.ok(outage.lengthMs >= 200 && outage.lengthMs <= 20_000 && outage.ratePerS >= 20 && outage.ratePerS <= 2000);
  }
});
