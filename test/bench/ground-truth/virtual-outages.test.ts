import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeObjective } from '../../../probes/slo/judge-objective.ts';
import { evidenceOf, load, objective, quick, type System } from '../../probes/slo/synthetic-load.ts';
import { allowedMs, GATES } from './measure.ts';
import { type Outage, outageOf } from './outage.ts';

const OUTAGES = 100;
const AFTER_MS = 3500;

/** What the scripted target does, without machine and noise. */
function systemOf({ kind, lateMs, beforeMs, lengthMs }: Outage): System {
  const broken = {
    errors: { outcome: '5xx', latencyMs: 3 },
    hangs: { outcome: 'timeout', latencyMs: 2000 },
    refusals: { outcome: 'refused', latencyMs: 1 },
    slow: { outcome: 'ok', latencyMs: lateMs },
  } as const;
  return (ms) => (ms >= beforeMs && ms < beforeMs + lengthMs ? broken[kind] : quick(ms));
}

test('over the hundred outages of the bench no instant is off by more than a bucket and a request, and no gate is wrong', () => {
  const decided = { early: 0, late: 0 };
  for (let seed = 1; seed <= OUTAGES; seed += 1) {
    const outage = outageOf(seed);
    const [failedAtMs, healedAtMs] = [outage.beforeMs, outage.beforeMs + outage.lengthMs];
    const clock = { askedAtMs: failedAtMs - 1000, inEffectAtMs: failedAtMs, endedAtMs: failedAtMs, momentary: true };
    const watchEndMs = healedAtMs + AFTER_MS;
    const evidence = evidenceOf({ ratePerS: outage.ratePerS, toMs: watchEndMs, system: systemOf(outage) });
    const good = outage.kind === 'slow' ? load('http_req_latency', 'p(95)<250') : load('http_req_failed', 'rate<0.01');
    const within = (share: number) => {
      const limit = { ms: outage.lengthMs * share };
      return judgeObjective(objective({ good, 'recovered-within': limit }), evidence, { clock, watchEndMs, late: [] });
    };
    const { firstImpactMs, recoveredMs, instants } = within(1);
    const text = JSON.stringify({ outage, firstImpactMs, recoveredMs, instants });
    assert.ok(firstImpactMs !== null && Math.abs(firstImpactMs - failedAtMs) <= allowedMs(outage), text);
    assert.ok(recoveredMs !== null && Math.abs(recoveredMs - healedAtMs) <= allowedMs(outage), text);
    assert.ok(instants.impact && instants.impact.earliestMs <= failedAtMs && failedAtMs <= instants.impact.latestMs, text);
    assert.ok(instants.recovered && instants.recovered.earliestMs <= healedAtMs && healedAtMs <= instants.recovered.latestMs, text);
    const [early, late] = [within(GATES.early).state, within(GATES.late).state];
    assert.ok(early !== 'held' && late !== 'broken', text);
    decided.early += early === 'broken' ? 1 : 0;
    decided.late += late === 'held' ? 1 : 0;
  }
  assert.ok(decided.early >= 40 && decided.late >= 40, `most gates are decided: ${JSON.stringify(decided)}`);
});
