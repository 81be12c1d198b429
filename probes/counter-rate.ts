/**
 * How fast counters grow between two looks, series by series, as Prometheus reckons it: a counter that fell began again at
 * 0. A series that was not there at the look before began at 0 too, since whoever counts writes nothing before the first. Pure.
 */
import type { Sample } from './exposition.ts';

export interface CountersSeen {
  readonly atMs: number;
  readonly values: ReadonlyMap<string, number>;
}

export function countersSeen(samples: readonly Sample[], atMs: number): CountersSeen {
  return { atMs, values: new Map(samples.map(({ series, value }) => [series, value])) };
}

/** Growth of all series together, a second; undefined where no time has passed. */
export function ratePerSecond(before: CountersSeen, now: CountersSeen): number | undefined {
  const seconds = (now.atMs - before.atMs) / 1000;
  if (seconds <= 0) return undefined;
  let grown = 0;
  for (const [series, value] of now.values) {
    const last = before.values.get(series) ?? 0;
    grown += value >= last ? value - last : value;
  }
  return grown / seconds;
}
