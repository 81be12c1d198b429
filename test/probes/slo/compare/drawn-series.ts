/** Series and runs whose truth is known, drawn by a seed. */
import { randomFrom } from '../../../../probes/slo/compare/random-from.ts';
import type { Intervals, RunSample } from '../../../../probes/slo/compare/sample.ts';

/** Normal numbers by Box and Muller. */
export function normals(seed: number): () => number {
  const random = randomFrom(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A series whose every value keeps `memory` of the one before; its spread is 1 around `mean`. */
export function series(seed: number, count: number, memory: number, mean = 10): number[] {
  const normal = normals(seed);
  let state = normal();
  return Array.from({ length: count }, () => {
    const value = mean + state;
    state = memory * state + Math.sqrt(1 - memory ** 2) * normal();
    return value;
  });
}

/** A run that came to `value` and has no intervals. */
export function runOf(value: number, index = 0): RunSample {
  return { run: `run-${index}`, value, seen: '' };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** A run whose value is the mean of its intervals. */
export function runOfSeries(values: readonly number[]): RunSample {
  const intervals: Intervals = { unit: '1s', values, over: (indexes) => meanOf(indexes.map((index) => values[index] ?? Number.NaN)) };
  return { run: 'run', value: meanOf(values), seen: '', intervals };
}
