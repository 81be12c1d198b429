import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Evidence } from '../../../probes/slo/evidence.ts';
import { judgeDespiteLag } from '../../../probes/slo/generator-lag.ts';
import { goodTimeline } from '../../../probes/slo/good-timeline.ts';
import { judgeCondition, judgeLatest } from '../../../probes/slo/judge-condition.ts';
import { judgeObjective } from '../../../probes/slo/judge-objective.ts';
import { spreadJudge } from '../../../probes/slo/judge-spread.ts';
import { conditionText } from '../../../probes/slo/judgement.ts';
import { OTHER_TAG } from '../../../probes/slo/load-cells.ts';
import { randomFrom } from '../../helpers/random.ts';
import { addReadings, hang, loadCells, objective, outage, quick, type System, spread } from './synthetic-load.ts';

interface Stream {
  readonly tags: Readonly<Record<string, string>>;
  readonly ratePerS: number;
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly system?: System;
}

/** Load of several streams over 10 s, unless they say otherwise. */
function evidenceOf(...streams: readonly Stream[]): Evidence {
  const evidence = new Evidence();
  streams.forEach(({ tags, toMs = 10_000, system = quick, ...plan }, series) => {
    evidence.addSeries({ id: series, scenario: `scenario-${series}`, tags });
    evidence.addCells(loadCells({ toMs, system, series, ...plan }).map(({ cell }) => cell));
  });
  return evidence;
}

const stream = (region: string, ratePerS: number, rest: Partial<Stream> = {}): Stream => ({ tags: { region }, ratePerS, ...rest });

function stateOf(text: string, evidence: Evidence, fromMs = 0, toMs = 10_000): string {
  return judgeCondition(spread(text), evidence, fromMs, toMs).state;
}

const slow: System = () => ({ outcome: 'ok', latencyMs: 80 });

describe('measures of spread by the values of a tag', () => {
  it('take regions that get alike for even, and one that gets nearly all for uneven', () => {
    const even = evidenceOf(stream('home', 50), stream('far', 50), stream('near', 50));
    assert.deepEqual(judgeCondition(spread('entropy(region)>0.99'), even, 0, 10_000), {
      state: 'held',
      seen: 'entropy 1; 1500 requests of 3 values',
      value: 1,
    });
    const uneven = evidenceOf(stream('home', 98), stream('far', 1), stream('near', 1));
    assert.equal(stateOf('entropy(region)>0.9', uneven), 'broken');
    assert.equal(stateOf('gini(region)<0.2', uneven), 'broken');
    assert.equal(stateOf('variation(region)<0.2', uneven), 'broken');
    assert.equal(stateOf('variation(region)<0.2', even), 'held');
    assert.equal(stateOf('hot_key(region)<0.5', uneven), 'broken');
    assert.equal(stateOf('hot_key(region)<0.34', even), 'held');
  });

  it('count a region that fell silent as one without requests, not as one fewer', () => {
    const evidence = evidenceOf(stream('home', 50), stream('far', 50), stream('near', 50, { toMs: 5000 }));
    assert.equal(stateOf('entropy(region)>0.99', evidence, 0, 5000), 'held');
    assert.equal(stateOf('entropy(region)>0.99', evidence, 6000, 9000), 'broken');
  });

  it('say the same of a stretch however much comes after it', () => {
    const early = evidenceOf(stream('home', 50), stream('far', 50));
    const late = evidenceOf(stream('home', 50), stream('far', 50), stream('late', 50, { fromMs: 6000 }));
    const condition = spread('entropy(region)>0.99');
    assert.deepEqual(judgeCondition(condition, late, 0, 5000), judgeCondition(condition, early, 0, 5000));
    assert.deepEqual(judgeLatest(condition, late, 5000), judgeLatest(condition, early, 5000));
  });

  it('narrow the load by tags in braces, and count series of one value together', () => {
    const tiers = (region: string, tier: string, ratePerS: number): Stream => ({ tags: { region, tier }, ratePerS });
    const evidence = evidenceOf(tiers('home', 'gold', 10), tiers('far', 'gold', 10), tiers('home', 'free', 90));
    assert.equal(stateOf('entropy(region{tier:gold})>0.99', evidence), 'held');
    assert.equal(stateOf('hot_key(region)>0.9', evidence), 'held');
    assert.equal(stateOf('entropy(region{tier:none})>0', evidence), 'unknown');
  });

  it('tell the widest distance of latencies; a region that answers nothing is endlessly far, one without load not known', () => {
    const evidence = evidenceOf(stream('home', 50), stream('far', 50, { system: slow }));
    const judged = judgeCondition(spread('delta(region)<50'), evidence, 0, 10_000);
    assert.equal(judged.state, 'broken');
    assert.ok(Math.abs((judged.value ?? 0) - 75) < 1);
    assert.equal(stateOf('delta(region, p(50))<100', evidence), 'held');
    assert.equal(
      stateOf('delta(region)<1000000', evidenceOf(stream('home', 50), stream('far', 50, { system: hang(0, 60_000) }))),
      'broken',
    );
    const gone = evidenceOf(stream('home', 50), stream('near', 50), stream('far', 50, { toMs: 5000 }));
    assert.equal(stateOf('delta(region)<50', gone, 6000, 9000), 'unknown');
  });

  it('name the tenant that fails most, however small, and fail one that is answered nothing', () => {
    const small = evidenceOf(stream('large', 100), stream('small', 5, { system: outage(0, 10_000) }));
    const judged = judgeCondition(spread('error_rate(region)<0.1'), small, 0, 10_000);
    assert.deepEqual([judged.state, judged.value, judged.seen], ['broken', 1, 'error_rate 1; small fails most']);
    assert.equal(
      stateOf('error_rate(region)<0.1', evidenceOf(stream('large', 100), stream('small', 5, { system: hang(0, 60_000) }))),
      'broken',
    );
    assert.equal(stateOf('error_rate(region)<0.1', evidenceOf(stream('large', 100), stream('small', 5))), 'held');
  });

  it('tell failures from everywhere from those of one origin', () => {
    const failing = { system: outage(0, 10_000) };
    assert.equal(
      stateOf('failed_entropy(region)>0.9', evidenceOf(stream('a', 5, failing), stream('b', 5, failing), stream('c', 5, failing))),
      'held',
    );
    assert.equal(stateOf('failed_entropy(region)>0.9', evidenceOf(stream('a', 5, failing), stream('b', 5), stream('c', 5))), 'broken');
    assert.equal(stateOf('failed_entropy(region)>0.9', evidenceOf(stream('a', 5), stream('b', 5))), 'unknown');
  });

  it('tell how many starts were warm, or attempts were retries, and nothing without the tag', () => {
    const starts = evidenceOf(
      { tags: { start: 'warm' }, ratePerS: 95, system: quick },
      { tags: { start: 'cold' }, ratePerS: 5, system: quick },
    );
    assert.equal(stateOf('share(start, warm)>=0.95', starts), 'held');
    assert.equal(stateOf('share(start, warm)>0.95', starts), 'broken');
    assert.equal(stateOf('share(start, frozen)<0.01', starts), 'held');
    assert.equal(stateOf('share(attempt, retry)<0.1', starts), 'unknown');
  });

  it('roll a bad canary back and keep a good one, however few its requests', () => {
    const bad: System = (ms) => (Math.floor(ms / 100) % 5 === 0 ? { outcome: '5xx', latencyMs: 5 } : quick(ms));
    const build = (name: string, ratePerS: number, system: System = quick): Stream => ({ tags: { build: name }, ratePerS, system });
    assert.equal(stateOf('z(build, old, new)<1.96', evidenceOf(build('old', 95), build('new', 5, bad))), 'broken');
    assert.equal(stateOf('z(build, old, new)<1.96', evidenceOf(build('old', 95), build('new', 5))), 'held');
    assert.equal(stateOf('z(build, new, old)<1.96', evidenceOf(build('old', 95), build('new', 5, bad))), 'held');
    assert.equal(stateOf('z(build, old, new)<1.96', evidenceOf(build('old', 95))), 'unknown');
  });
});

describe('measures of spread without data', () => {
  it('are unknown, never held', () => {
    const one = evidenceOf(stream('home', 50));
    for (const [text, evidence] of [
      ['entropy(region)>=0', new Evidence()],
      ['entropy(nothing)>=0', one],
      ['entropy(region)>=0', one],
      ['variation(region)<1', one],
      ['delta(region)<50', one],
      ['hot_key(nothing)<=1', one],
      ['peak(job_starts)<=40', one],
      ['peak(http_reqs)<=40', new Evidence()],
      ['deviation(dropped_iterations)>=0', one],
      ['peak(vus)<=1', one],
    ] as const)
      assert.equal(stateOf(text, evidence), 'unknown', text);
    assert.equal(stateOf('entropy(region)>=0', evidenceOf(stream('a', 5), stream('b', 5)), 20_000, 30_000), 'unknown');
  });

  it('want as many samples as are asked for', () => {
    const evidence = evidenceOf(stream('a', 5), stream('b', 5));
    const judged = (minSamples: number) => judgeCondition(spread('entropy(region)>0.9', { minSamples }), evidence, 0, 10_000);
    assert.equal(judged(100).state, 'held');
    assert.deepEqual(judged(101), { state: 'unknown', seen: '100 of at least 101 samples' });
  });

  it('are unknown where requests have lost the tag, but for a hot key that is one whatever they were', () => {
    const lost = (ratePerS: number) => evidenceOf(stream('hot', 60), stream('b', 20), { tags: { [OTHER_TAG]: 'true' }, ratePerS });
    assert.equal(stateOf('entropy(region)>0', lost(20)), 'unknown');
    assert.equal(stateOf('hot_key(region)<0.5', lost(20)), 'broken');
    assert.equal(stateOf('hot_key(region)<0.7', lost(20)), 'unknown');
    assert.equal(stateOf('hot_key(region)<0.9', lost(20)), 'held');
  });
});

describe('measures of a counter', () => {
  it('find the peak of a burst across buckets, and how far its events lie apart', () => {
    const evidence = evidenceOf(stream('home', 10), stream('home', 100, { fromMs: 4500, toMs: 5500 }));
    const peak = judgeCondition(spread('peak(http_reqs)<=100'), evidence, 0, 10_000);
    assert.deepEqual([peak.state, peak.value], ['broken', 110]);
    assert.equal(stateOf('peak(http_reqs)<=10', evidence, 6000, 10_000), 'held');
    const even = judgeCondition(spread('deviation(http_reqs)>2800'), evidenceOf(stream('home', 10)), 0, 10_000);
    assert.ok(even.state === 'held' && Math.abs((even.value ?? 0) - 10_000 / Math.sqrt(12)) < 10, String(even.value));
  });

  it("count a script's own counter", () => {
    const evidence = evidenceOf(stream('home', 10));
    evidence.addMetric({ name: 'job_starts', type: 'counter', isTime: false });
    evidence.addCells([2000, 2100, 9000].map((bucketMs) => ({ bucketMs, series: 0, metrics: { job_starts: { count: 20, sum: 20 } } })));
    assert.equal(stateOf('peak(job_starts)<=40', evidence), 'held');
    assert.equal(stateOf('peak(job_starts)<40', evidence), 'broken');
  });
});

describe('measures of readings by container', () => {
  const share = (...values: readonly (number | undefined)[]): Evidence => {
    const evidence = new Evidence();
    values.forEach((value, index) => {
      addReadings(evidence, 'share', { toMs: 10_000, container: `web-${index}`, value: () => value });
    });
    return evidence;
  };

  it('compare instances', () => {
    assert.equal(stateOf('variation(share)<0.2', share(100, 110, 90)), 'held');
    assert.equal(stateOf('variation(share)<0.2', share(100, 400, 90)), 'broken');
    assert.equal(stateOf('delta(share)<50', share(100, 110, 90)), 'held');
  });

  it('are unknown where an instance cannot be seen, is no number or is alone', () => {
    assert.equal(stateOf('variation(share)<0.2', share(100, undefined, 100)), 'unknown');
    assert.equal(stateOf('variation(share)<0.2', share(100)), 'unknown');
    const evidence = share(100, 100);
    addReadings(evidence, 'share', { toMs: 10_000, container: 'odd', value: () => 'not a number' });
    assert.equal(stateOf('variation(share)<0.2', evidence), 'unknown');
  });

  it('see the gap where an instance stops to report', () => {
    const evidence = share(100, 100);
    addReadings(evidence, 'share', { toMs: 4000, container: 'gone', value: () => 100 });
    assert.equal(stateOf('variation(share)<0.2', evidence, 0, 4000), 'held');
    assert.equal(stateOf('variation(share)<0.2', evidence, 6000, 10_000), 'unknown');
  });

  it('are judged over two looks at least', () => {
    const evidence = new Evidence();
    for (const container of ['a', 'b']) addReadings(evidence, 'share', { toMs: 60_000, everyMs: 10_000, container, value: () => 1 });
    assert.equal(judgeLatest(spread('variation(share)<0.2'), evidence, 55_000).state, 'held');
  });
});

describe('spread over time', () => {
  /** Even until 20 s; then `far` takes it all until 30 s. */
  const misrouted = evidenceOf(
    stream('home', 50, { toMs: 20_000 }),
    stream('home', 50, { fromMs: 30_000, toMs: 60_000 }),
    stream('far', 50, { toMs: 60_000 }),
  );

  it('finds where it began and ended within one window', () => {
    const timeline = goodTimeline(spread('entropy(region)>0.5', { overMs: 2000 }), misrouted, 60_000);
    assert.deepEqual(
      timeline.intervals.map(({ state }) => state),
      ['good', 'not-good', 'good'],
    );
    const [, bad] = timeline.intervals;
    assert.ok(
      bad && Math.abs(bad.fromMs - 20_000) <= timeline.errorMs && Math.abs(bad.toMs - 30_000) <= timeline.errorMs,
      JSON.stringify(bad),
    );
    assert.equal(timeline.errorMs, 2000);
  });

  it('shows what is shorter than a window too', () => {
    const blip = evidenceOf(stream('home', 50), stream('far', 50), stream('home', 5000, { fromMs: 5000, toMs: 5100 }));
    const timeline = goodTimeline(spread('entropy(region)>0.9', { overMs: 2000 }), blip, 10_000);
    assert.ok(
      timeline.intervals.some(({ state, fromMs, toMs }) => state === 'not-good' && fromMs <= 5000 && toMs >= 5100),
      JSON.stringify(timeline.intervals),
    );
  });

  it('shows what turns a window only when it fills half of it, and nothing beside it', () => {
    const short = evidenceOf(stream('home', 50, { toMs: 5000 }), stream('home', 50, { fromMs: 6000 }), stream('far', 50));
    const timeline = goodTimeline(spread('entropy(region)>0.93', { overMs: 2000 }), short, 10_000);
    const bad = timeline.intervals.filter(({ state }) => state === 'not-good');
    assert.equal(bad.length, 1);
    assert.ok(
      bad.every(({ fromMs, toMs }) => fromMs >= 5000 && toMs <= 6000),
      JSON.stringify(bad),
    );
  });

  it('judges a window that slides as it judges each by itself', () => {
    const random = randomFrom(7);
    const wild: System = () => ({ outcome: random() < 0.2 ? '5xx' : 'ok', latencyMs: random() * 300 });
    const rates = [40, 3, 17];
    const evidence = evidenceOf(
      ...rates.map((ratePerS, index) => stream(`region-${index}`, ratePerS, { fromMs: 700 * index, system: wild })),
    );
    for (const text of [
      'entropy(region)>0.7',
      'hot_key(region)<0.68',
      'error_rate(region)<0.3',
      'z(region, region-0, region-2)<1',
      'gini(region)<0.42',
    ]) {
      const condition = spread(text);
      const slide = spreadJudge(condition, evidence);
      const states = new Set<string>();
      for (let fromMs = 0; fromMs + 800 <= 11_000; fromMs += 100) {
        const judged = slide(fromMs, fromMs + 800);
        assert.deepEqual(judged, judgeCondition(condition, evidence, fromMs, fromMs + 800), `${text} from ${fromMs} ms`);
        states.add(judged.state);
      }
      assert.deepEqual([...states].sort(), ['broken', 'held', 'unknown'], text);
    }
  });

  it('makes an objective of it: recovered within the limit, and not within a shorter one', () => {
    const clock = { askedAtMs: 19_900, inEffectAtMs: 20_000, endedAtMs: 25_000, momentary: false };
    const judge = (limitMs: number) => {
      const good = spread('entropy(region)>0.9', { overMs: 1000 });
      return judgeObjective(objective({ good, 'recovered-within': { ms: limitMs } }), misrouted, { clock, watchEndMs: 59_000, late: [] });
    };
    assert.equal(judge(7000).state, 'held');
    assert.equal(judge(3000).state, 'broken');
    assert.equal(judge(7000).failedShare, null);
    assert.equal(conditionText(spread(' entropy(region) > 0.9 ')), 'entropy(region) > 0.9');
  });

  it("holds nothing against the system that the generator's own lag may have done to latencies, and all else", () => {
    const evidence = evidenceOf(stream('home', 50), stream('far', 50, { system: slow }));
    const late = [{ fromMs: 2000, toMs: 3000, lagMs: 200 }];
    for (const text of ['delta(region)<50', 'delta(region)<100']) {
      assert.equal(judgeDespiteLag(spread(text), evidence, 0, 10_000, late).state, 'unknown');
      assert.notEqual(judgeDespiteLag(spread(text), evidence, 4000, 10_000, late).state, 'unknown');
    }
    assert.equal(judgeDespiteLag(spread('entropy(region)>0.9'), evidence, 0, 10_000, late).state, 'held');
  });
});
