/**
 * Which readings count as right where one odd look is no change: the state changes with the n-th wrong (or right) reading in a row,
 * and then with all of that row, since what they saw began with the first of them. A failed look neither counts nor ends a row. Pure.
 *
 *     wrong-in-a-row: 3   looks   ✓ ✗ ✓ ✗ ✗ ✗ ✓      counts as   ✓ ✓ ✓ ✗ ✗ ✗ ✓
 */
import type { ReadingCondition } from '../../experiments/language/condition.ts';
import type { ProbeReading } from './evidence.ts';

/** Tells of an ok reading whether it counts as right. */
export type Rightness = (reading: ProbeReading) => boolean;

/**
 * On the readings of each container that had ended by an instant, in their order; those that follow may change what the last ones count as.
 * `alone` says whether a reading is right by itself, as the first one always counts.
 */
export function rightness(
  condition: ReadingCondition,
  lists: readonly (readonly ProbeReading[])[],
  untilMs: number,
  alone: Rightness,
): Rightness {
  const { 'wrong-in-a-row': wrong = 1, 'right-in-a-row': right = 1 } = condition;
  if (wrong === 1 && right === 1) return alone;
  const counted = new Map<ProbeReading, boolean>();
  for (const list of lists) {
    let state: boolean | undefined;
    let row: ProbeReading[] = [];
    for (const reading of list.filter(({ status, atMs }) => status === 'ok' && atMs <= untilMs)) {
      const isNow = alone(reading);
      state ??= isNow;
      row = isNow === state ? [] : [...row, reading];
      counted.set(reading, state);
      if (row.length < (state ? wrong : right)) continue;
      state = isNow;
      for (const each of row) counted.set(each, state);
      row = [];
    }
  }
  return (reading) => counted.get(reading) ?? alone(reading);
}
