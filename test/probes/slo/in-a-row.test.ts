import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReadingCondition } from '../../../experiments/language/condition.ts';
import { Evidence } from '../../../probes/slo/evidence.ts';
import { goodTimeline } from '../../../probes/slo/good-timeline.ts';
import { judgeCondition, judgeLatest } from '../../../probes/slo/judge-condition.ts';
import { conditionText } from '../../../probes/slo/judgement.ts';

const WELL = 200;
const SICK = 503;

/** Looks a second apart, each 10 ms long: `x` is a wrong one, `?` one that could not look. */
function evidenceOf(looks: string): Evidence {
  const evidence = new Evidence();
  for (const [index, look] of [...looks].entries()) addLook(evidence, index, look);
  return evidence;
}

function addLook(evidence: Evidence, index: number, look: string): void {
  const startedMs = index * 1000;
  const [status, value] = look === '?' ? (['unknown', null] as const) : (['ok', look === 'x' ? SICK : WELL] as const);
  evidence.addReading({ probe: 'http', container: undefined, startedMs, atMs: startedMs + 10, status, value });
}

const healthy = (rows: object = {}): ReadingCondition => ({ reading: 'http', tolerance: { equals: WELL }, ...rows });

/** What is told at the end of each look, live. */
function live(looks: string, rows: object): string {
  const evidence = new Evidence();
  return [...looks]
    .map((look, index) => {
      addLook(evidence, index, look);
      const { state } = judgeCondition(healthy(rows), evidence, index * 1000, index * 1000 + 500);
      return { held: '.', broken: 'x', unknown: '?' }[state];
    })
    .join('');
}

test('without a row every reading speaks for itself', () => {
  assert.equal(live('..x.xx', {}), '..x.xx');
});

test('the n-th wrong reading in a row changes the state, and fewer do not', () => {
  const rows = { 'wrong-in-a-row': 3 };
  assert.equal(live('.x.xx.xxx.', rows), '........x.');
});

test('after that as many right ones in a row are needed as are asked for', () => {
  assert.equal(live('.xx.x...', { 'wrong-in-a-row': 2, 'right-in-a-row': 3 }), '..xxxxx.');
});

test('a look that could not look neither counts nor ends a row', () => {
  assert.equal(live('.x?xx', { 'wrong-in-a-row': 3 }), '..?.x');
  assert.equal(live('.x.xx', { 'wrong-in-a-row': 3 }), '.....');
});

test('the first reading speaks for itself: nobody knows what was before', () => {
  assert.equal(live('x..', { 'wrong-in-a-row': 3 }), 'x..');
});

test('what a row shows began with its first reading, on the time axis too', () => {
  const evidence = evidenceOf('..x..xxx..');
  const notGood = (rows: object) =>
    goodTimeline(healthy(rows), evidence, 9500)
      .intervals.filter(({ state }) => state === 'not-good')
      .map(({ fromMs, toMs }) => [fromMs, toMs]);
  assert.deepEqual(notGood({}), [
    [2000, 3010],
    [5000, 8010],
  ]);
  assert.deepEqual(notGood({ 'wrong-in-a-row': 3 }), [[5000, 8010]]);
});

test('what was judged live is judged the same afterwards, with all that came later', () => {
  const looks = '.x.xx.xxx..x.xxxx....x';
  const rows = { 'wrong-in-a-row': 3, 'right-in-a-row': 2 };
  const whole = evidenceOf(looks);
  const growing = new Evidence();
  for (const [index, look] of [...looks].entries()) {
    addLook(growing, index, look);
    const nowMs = index * 1000 + 10;
    assert.deepEqual(judgeLatest(healthy(rows), growing, nowMs).state, judgeCondition(healthy(rows), whole, nowMs - 2000, nowMs).state);
  }
});

test('how many readings are out is told as they count, and the condition says how many it takes', () => {
  const rows = { 'wrong-in-a-row': 2 };
  const judged = judgeCondition(healthy(rows), evidenceOf('.x.xx'), 0, 5000);
  assert.equal(judged.seen, '503; 2 of 5 readings are out');
  assert.equal(conditionText(healthy(rows)), 'http = 200 (2 wrong in a row)');
  assert.equal(conditionText(healthy()), 'http = 200');
});
