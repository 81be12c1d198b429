/** The measures that can be taken of any amounts, whether requests by tag or readings by container, by their name in conditions. */
import type { MeasureName } from '../../../experiments/language/spread.ts';
import { numberText } from '../judgement.ts';
import { entropy, normalisedEntropy } from './entropy.ts';
import { exactly, type Found } from './found.ts';
import { coefficientOfVariation, gini } from './inequality.ts';
import { widestDelta } from './regional-deltas.ts';

const OF_AMOUNTS: Partial<Readonly<Record<MeasureName, (amounts: readonly number[]) => number | undefined>>> = {
  entropy: normalisedEntropy,
  entropy_bits: entropy,
  variation: coefficientOfVariation,
  gini,
};

/** `seen` says what the amounts are. */
export function measureAmounts(measure: MeasureName, amounts: readonly number[], seen: string): Found {
  const take = OF_AMOUNTS[measure];
  return take ? exactly(take(amounts), seen) : `${measure} is not taken of amounts`;
}

/** The two that lie furthest apart; `why` says why one is not known, `unit` begins with its space. */
export function measureDelta(values: ReadonlyMap<string, number | undefined>, why: string | undefined, unit: string): Found {
  const delta = widestDelta(values);
  const textOf = (name: string) => `${name} ${numberText(values.get(name) ?? Number.NaN)}${unit}`;
  if (delta?.delta === undefined) return `not defined: ${why ?? `${values.size} to compare`}`;
  return exactly(delta.delta, `${textOf(delta.one)} and ${textOf(delta.other)} lie furthest apart`);
}
