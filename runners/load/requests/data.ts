/** The values that `${name}` stands for in a request: one seeded stream for each generator of a scenario. */
import type { DataGenerator } from '../../../experiments/language/experiment.ts';
import type { Random } from '../pacing/random.ts';
import { AliasTable } from './alias-table.ts';

/** Draws the next value. */
export type Draw = () => string;

export function createDraw(generator: DataGenerator, random: Random): Draw {
  if ('values' in generator) {
    const { values } = generator;
    return () => values[Math.floor(random.next() * values.length)] ?? '';
  }
  if ('uniform' in generator) {
    const { items, prefix } = generator.uniform;
    return () => `${prefix}${Math.floor(random.next() * items) + 1}`;
  }
  const { items, exponent, prefix } = generator.zipf;
  const table = new AliasTable(zipfWeights(items, exponent));
  return () => `${prefix}${table.draw(random) + 1}`;
}

/** Rank r, from 1, weighs 1/r^exponent (Zipf); index 0 is rank 1. */
export function zipfWeights(items: number, exponent: number): Float64Array {
  return Float64Array.from({ length: items }, (_, index) => (index + 1) ** -exponent);
}
