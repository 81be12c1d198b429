import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { standardDeviation } from 'simple-statistics';
import { concurrentJobs, type Job } from '../../../../probes/slo/spread/concurrent-jobs.ts';
import { peakPerBucket, peakWithin, spreadOfTimes } from '../../../../probes/slo/spread/event-times.ts';
import { draws, near, shuffled } from './drawn.ts';

const NO_TIMES: readonly (readonly number[])[] = [[], [Number.NaN], [1, Number.POSITIVE_INFINITY]];

describe('spread of event times', () => {
  it('is the standard deviation of the instants: ten jobs, one a second, lie 2.87 s apart', () => {
    near(spreadOfTimes(Array.from({ length: 10 }, (_, index) => 1000 * index)), 1000 * Math.sqrt((100 - 1) / 12));
  });

  it('is 0 where all start at once, or where there is one, and undefined without events', () => {
    assert.equal(spreadOfTimes([700, 700, 700]), 0);
    assert.equal(spreadOfTimes([700]), 0);
    for (const times of NO_TIMES) assert.equal(spreadOfTimes(times), undefined);
  });

  it('is what simple-statistics says, and the same later on', () => {
    for (const { amounts } of draws(13)) {
      near(spreadOfTimes(amounts), standardDeviation([...amounts]));
      near(spreadOfTimes(amounts.map((timeMs) => timeMs + 5000)), spreadOfTimes(amounts));
    }
  });
});

describe('peak per bucket', () => {
  it('counts the fullest bucket, the first of equals (worked by hand)', () => {
    assert.deepEqual(peakPerBucket([100, 900, 1000, 1999, 2000, 5100], 1000), { count: 2, fromMs: 0 });
    assert.deepEqual(peakPerBucket([-1, 0, 1], 1000), { count: 2, fromMs: 0 });
  });

  it('misses half of a burst across a border, which the peak within any stretch does not', () => {
    const burst = [990, 995, 999, 1000, 1004, 1009];
    assert.equal(peakPerBucket(burst, 1000)?.count, 3);
    assert.deepEqual(peakWithin(burst, 1000), { count: 6, fromMs: 990 });
  });

  it('leaves out what comes a whole length later', () => {
    assert.equal(peakWithin([0, 1000], 1000)?.count, 1);
    assert.equal(peakWithin([0, 999], 1000)?.count, 2);
  });

  it('is all events where all are at once, 1 where there is one, and undefined without events or length', () => {
    assert.equal(peakPerBucket([5, 5, 5], 10)?.count, 3);
    assert.equal(peakWithin([5, 5, 5], 10)?.count, 3);
    assert.deepEqual(peakPerBucket([25], 10), { count: 1, fromMs: 20 });
    for (const peak of [peakPerBucket, peakWithin]) {
      for (const times of NO_TIMES) assert.equal(peak(times, 1000), undefined);
      for (const length of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) assert.equal(peak([1, 2], length), undefined);
    }
  });

  it('of any events lies between their mean per bucket and all of them; in any stretch, at most twice as many', () => {
    for (const { random, amounts } of draws(14)) {
      const times = shuffled(
        amounts.map((amount) => amount % 10_000),
        random,
      );
      const peak = peakPerBucket(times, 500)?.count ?? 0;
      const anywhere = peakWithin(times, 500)?.count ?? 0;
      const buckets = new Set(times.map((timeMs) => Math.floor(timeMs / 500))).size;
      assert.ok(peak >= times.length / buckets && peak <= anywhere && anywhere <= Math.min(times.length, 2 * peak));
      assert.equal(
        peakWithin(
          times.map((timeMs) => timeMs + 123),
          500,
        )?.count,
        anywhere,
      );
    }
  });
});

describe('concurrent jobs', () => {
  const job = (startedMs: number, endedMs?: number): Job => ({ startedMs, endedMs });

  it('are counted at their peak, and the time above a limit (worked by hand)', () => {
    const jobs = [job(0, 100), job(20, 60), job(40, 80), job(60, 90), job(200, 210)];
    assert.deepEqual(concurrentJobs(jobs, 2), { peak: 3, peakAtMs: 40, aboveLimitMs: 40 });
    assert.deepEqual(concurrentJobs(jobs), { peak: 3, peakAtMs: 40, aboveLimitMs: 0 });
  });

  it('do not meet where one ends when the other starts', () => {
    assert.equal(concurrentJobs([job(0, 10), job(10, 20)])?.peak, 1);
    assert.equal(concurrentJobs([job(0, 11), job(10, 20)])?.peak, 2);
  });

  it('run on where they have no end', () => {
    assert.deepEqual(concurrentJobs([job(0), job(5), job(7)], 2), { peak: 3, peakAtMs: 7, aboveLimitMs: Number.POSITIVE_INFINITY });
  });

  it('count at their instant although they last no time', () => {
    assert.deepEqual(concurrentJobs([job(5, 5)]), { peak: 1, peakAtMs: 5, aboveLimitMs: 0 });
    assert.equal(concurrentJobs([job(5, 5), job(5, 5), job(0, 9), job(0, 5)])?.peak, 3);
  });

  it('are undefined where there are none, or an instant is none', () => {
    assert.equal(concurrentJobs([]), undefined);
    assert.equal(concurrentJobs([job(5, 4)]), undefined);
    assert.equal(concurrentJobs([job(Number.NaN, 4)]), undefined);
    assert.equal(concurrentJobs([job(1, Number.NaN)]), undefined);
    assert.equal(concurrentJobs([job(1, 2)], Number.NaN), undefined);
  });

  it('of any jobs peak at as many as really run at some start', () => {
    for (const { random, amounts } of draws(15)) {
      const jobs = amounts.map((amount) => ({ startedMs: amount % 1000, endedMs: (amount % 1000) + 1 + Math.floor(random() * 200) }));
      const running = jobs.map(({ startedMs }) => jobs.filter((other) => other.startedMs <= startedMs && startedMs < other.endedMs).length);
      const found = concurrentJobs(shuffled(jobs, random), 3);
      assert.equal(found?.peak, Math.max(...running));
      let aboveMs = 0;
      for (let ms = 0; ms < 1300; ms += 1)
        aboveMs += jobs.filter(({ startedMs, endedMs }) => startedMs <= ms && ms < endedMs).length > 3 ? 1 : 0;
      assert.equal(found?.aboveLimitMs, aboveMs);
    }
  });
});
