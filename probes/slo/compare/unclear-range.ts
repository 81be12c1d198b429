/** The interval of a difference: all bounds of which nobody can tell on which side the difference lies. So what is shown and what is judged never contradict each other. */
import type { Side } from './contrast.ts';

/** Doublings on the way out, and halvings on the way back. */
const DOUBLINGS_MAX = 40;
const HALVINGS = 10;
/** A nudge that is beyond rounding, and nothing to a reader. */
const NUDGE = 1e-6;

/** Where a range that surely holds `from` ends in one direction. */
function endOf(from: number, stepBy: number, isClear: (bound: number) => boolean): number {
  if (isClear(from + NUDGE * stepBy)) return from;
  let [inside, outside, step] = [from, from + stepBy, stepBy];
  for (let doubling = 0; doubling < DOUBLINGS_MAX && !isClear(outside); doubling += 1) {
    step *= 2;
    [inside, outside] = [outside, outside + step];
  }
  for (let halving = 0; halving < HALVINGS; halving += 1) {
    const middle = (inside + outside) / 2;
    if (isClear(middle)) outside = middle;
    else inside = middle;
  }
  return outside;
}

/** The range around an interval that one way of judging gives; `scale` is how large the compared values are. */
export function unclearRange(
  [low, high]: readonly [low: number, high: number],
  scale: number,
  sideOf: (bound: number) => Side,
): readonly [low: number, high: number] {
  const step = high - low + NUDGE * scale || NUDGE;
  return [endOf(low, -step, (bound) => sideOf(bound) === 'above'), endOf(high, step, (bound) => sideOf(bound) === 'below')];
}
