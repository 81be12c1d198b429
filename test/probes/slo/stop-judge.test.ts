import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Experiment } from '../../../experiments/language/experiment.ts';
import { parseSelector } from '../../../experiments/language/threshold.ts';
import { Evidence } from '../../../probes/slo/evidence.ts';
import type { LoadCell, Outcome } from '../../../probes/slo/load-cells.ts';
import { STOP_INTERVAL_MS, StopJudge, type StopMet, type StopRule } from '../../../probes/slo/stop-judge.ts';
import { followStops } from '../../../reports/stop-report.ts';
import { readTimeline } from '../../../reports/timeline.ts';
import type { Event, EventBody } from '../../../runners/journal/events.ts';
import { addToEvidence } from '../../../runners/journal/reader.ts';
import { randomFrom } from '../../helpers/random.ts';
import { experiment as sample } from '../../reports/synthetic-journal.ts';
import { load, reading } from './synthetic-load.ts';

const OUTCOMES: readonly Outcome[] = ['ok', 'ok', 'ok', 'ok', '5xx', 'refused'];

/** Any events in the order of their stamps, as a journal has them: frames that come late, looks that overlap, stamps on the instants of judging. */
function wildEvents(seed: number): Event[] {
  const random = randomFrom(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] ?? (items[0] as Item);
  const stamp = (atMs: number, body: EventBody): Event => ({ atMs, wall: new Date(atMs).toISOString(), ...body }) as Event;
  const events: Event[] = [];
  let atMs = 0;
  while (events.length < 300) {
    atMs += random() < 0.2 ? 0 : random() < 0.3 ? STOP_INTERVAL_MS - (atMs % STOP_INTERVAL_MS) : random() * 120;
    if (random() < 0.7) {
      const bucketMs = Math.max(0, Math.floor((atMs - random() ** 3 * 2000) / 100) * 100);
      const count = 1 + Math.floor(random() * 4);
      const cell: LoadCell = { bucketMs, series: 0, planned: count, sent: count, outcomes: { [pick(OUTCOMES)]: count }, completed: count };
      events.push(stamp(atMs, { type: 'load.frame', cells: [cell] }));
    } else {
      const value = random() < 0.1 ? null : random();
      const status = value === null ? 'unknown' : 'ok';
      events.push(
        stamp(atMs, { type: 'probe.reading', probe: 'lag', container: undefined, startedMs: Math.max(0, atMs - 30), status, value }),
      );
    }
  }
  const method = Math.floor(random() * 40);
  const begin = events[method]?.atMs ?? 0;
  events.splice(method, 0, stamp(begin, { type: 'phase', phase: 'method' }));
  events.push(stamp(atMs, { type: 'phase', phase: 'recovery' }));
  return events;
}

function rulesOf(seed: number): StopRule[] {
  const random = randomFrom(seed * 7919);
  const burn = parseSelector('http_req_failed');
  if (!burn) throw new Error('is a selector');
  const windows = [{ rate: 4 + random() * 5, over: { ms: 4000 }, 'and-over': { ms: 1000 } }];
  return [
    { ...load('http_req_failed', `rate>${(0.5 + random() * 0.45).toFixed(2)}`), for: { ms: 1200 + Math.floor(random() * 1500) } },
    { ...reading('lag', { bound: 'avg>0.8' }), for: { ms: 2500 } },
    { burn, slo: 0.9, fires: true, windows },
    { ...load('http_reqs', 'rate<1'), for: { ms: 1500 } },
  ].filter(() => random() < 0.7);
}

/** As a run judges: each event as it is written, with a timer that wakes late beside them. */
function live(events: readonly Event[], rules: readonly StopRule[], seed: number): StopMet | undefined {
  const random = randomFrom(seed * 31);
  const evidence = new Evidence();
  const judge = new StopJudge(rules, evidence);
  let over = false;
  for (const [index, event] of events.entries()) {
    const nextAtMs = events[index + 1]?.atMs ?? event.atMs;
    addToEvidence(evidence, event);
    if (event.type === 'phase' && event.phase === 'method') judge.start(event.atMs);
    else if (event.type === 'phase') over = true;
    if (over) judge.end();
    // The timer may wake between two events at any time, or not at all; nothing is stamped before it afterwards.
    else if (random() < 0.5) judge.advanceTo(event.atMs + random() * (nextAtMs - event.atMs));
    if (judge.met) return judge.met;
  }
  return judge.met;
}

describe('stop conditions', () => {
  it('are met at the same instant live and afterwards, in any sequence of events', () => {
    const told = { met: 0, not: 0 };
    for (let seed = 1; seed <= 300; seed += 1) {
      const [events, rules] = [wildEvents(seed), rulesOf(seed)];
      const seenLive = live(events, rules, seed);
      const run: Experiment = { ...sample, stopWhen: rules };
      const evidence = new Evidence();
      const afterwards = followStops(run, evidence);
      readTimeline(events, evidence, afterwards.onEvent);
      const met = afterwards.report().map(({ metAtMs, seen }) => ({ metAtMs, seen }));
      const expected = rules.map((rule) => {
        return seenLive?.rule === rule ? { metAtMs: seenLive.atMs, seen: seenLive.seen } : { metAtMs: null, seen: null };
      });
      assert.deepEqual(met, expected, `seed ${seed}`);
      told[seenLive ? 'met' : 'not'] += 1;
    }
    assert.ok(told.met >= 30 && told.not >= 30, `both happen: ${JSON.stringify(told)}`);
  });

  it('would differ, were an instant judged on what came after it: the counter-case', () => {
    const differing = Array.from({ length: 100 }, (_, index) => index + 1).filter((seed) => {
      const [events, rules] = [wildEvents(seed), rulesOf(seed)];
      const evidence = new Evidence();
      const careless = new StopJudge(rules, evidence);
      for (const event of events) {
        // Added without being told of first: what is stamped later is there when the instant is judged.
        if (event.type === 'load.frame') evidence.addCells(event.cells);
        else if (event.type === 'probe.reading') evidence.addReading(event);
        else if (event.type === 'phase' && event.phase === 'method') careless.start(event.atMs);
        careless.advanceTo(event.atMs);
      }
      return careless.met?.atMs !== live(events, rules, seed)?.atMs || careless.met?.seen !== live(events, rules, seed)?.seen;
    });
    assert.ok(differing.length > 0);
  });

  it('are judged from the start to the end, at multiples of 250 ms, on what was stamped before', () => {
    const evidence = new Evidence();
    const judge = new StopJudge([{ ...load('http_req_failed', 'rate>0.5'), for: undefined }], evidence);
    const met = () => judge.met;
    const fail = (atMs: number) => {
      evidence.growTo(atMs);
      evidence.addCells([{ bucketMs: Math.floor(atMs / 100) * 100, series: 0, planned: 5, sent: 5, outcomes: { refused: 5 } }]);
    };
    fail(100);
    judge.advanceTo(10_000);
    assert.equal(met(), undefined);
    judge.start(10_001);
    assert.equal(judge.nextMs, 10_250);
    fail(10_120);
    fail(10_300);
    assert.equal(met()?.atMs, 10_250);
    assert.match(met()?.seen ?? '', /of 5 planned/);
    assert.equal(judge.nextMs, Number.POSITIVE_INFINITY);
  });

  it('must be so for the whole of their `for`', () => {
    const evidence = new Evidence();
    const judge = new StopJudge([{ ...load('http_req_failed', 'rate>0.5'), for: { ms: 3000 } }], evidence);
    judge.start(0);
    for (let bucketMs = 0; bucketMs < 9000; bucketMs += 100) {
      evidence.growTo(bucketMs + 90);
      const outcomes = bucketMs >= 2000 && bucketMs !== 4000 ? { refused: 5 } : { ok: 5 };
      evidence.addCells([{ bucketMs, series: 0, planned: 5, sent: 5, outcomes, ...(bucketMs === 4000 ? { completed: 5 } : {}) }]);
    }
    assert.ok(judge.met && judge.met.atMs >= 4500 && judge.met.atMs <= 5500, `${judge.met?.atMs}`);
    assert.ok(judge.met.lastedMs >= 3000);
  });
});
