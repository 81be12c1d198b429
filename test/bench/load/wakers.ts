/** How late each kind of waker lets arrivals act, and what it costs, without any request. */
import { createHistogram } from 'node:perf_hooks';
import { runClock } from '../../../runners/load/pacing/clock.ts';
import { Schedule, type Stream } from '../../../runners/load/pacing/schedule.ts';
import type { WakerKind } from '../../../runners/load/pacing/waker.ts';
import { cpuUs, heading, row, sleep } from './shared.ts';

const RATES = [500, 2000];
const SECONDS = 4;

/** Arrivals that do nothing but say how late they came. */
function silentStream(firstMs: number, everyMs: number, lag: (ms: number) => void): Stream {
  const stream = {
    nextMs: firstMs,
    arrive(nowMs: number) {
      lag(nowMs - stream.nextMs);
      stream.nextMs += everyMs;
    },
  };
  return stream;
}

async function benchWaker(kind: WakerKind, rate: number): Promise<void> {
  const clock = runClock(process.hrtime.bigint());
  const schedule = new Schedule(clock, kind);
  const lags = createHistogram();
  schedule.add(silentStream(clock.nowMs() + 500, 1000 / rate, (ms) => lags.record(Math.max(1, Math.round(ms * 1e6)))));
  await sleep(500);
  const before = process.cpuUsage();
  await sleep(SECONDS * 1000);
  const share = cpuUs(before) / (SECONDS * 1e6);
  await schedule.stop();
  row(kind, rate, (lags.percentile(50) / 1e6).toFixed(2), (lags.percentile(99) / 1e6).toFixed(2), (share * 100).toFixed(1));
}

export async function benchWakers(): Promise<void> {
  heading('Schedule by waker, without requests:', 'waker', 'arrivals/s', 'lag p50 ms', 'lag p99 ms', 'CPU % of a core');
  for (const rate of RATES) for (const kind of ['thread', 'timer'] as const) await benchWaker(kind, rate);
}
