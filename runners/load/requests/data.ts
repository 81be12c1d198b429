/** Where values come from: drawn by chance from a seeded stream, taken in turn, or one for each virtual user. */
import { columnOf } from '../../../experiments/language/data-table.ts';
import type { DataGenerator } from '../../../experiments/language/experiment.ts';
import type { Random } from '../pacing/random.ts';
import { AliasTable } from './alias-table.ts';
import { dataTable } from './data-files.ts';

/** The values of one row, by the places of its columns. */
export type Row = readonly string[];

export interface Source {
  /** A source of plain values has one column, without a name. */
  readonly columns: readonly string[];
  /** How many rows there are for virtual users to have one each; undefined where they share. */
  readonly unique: number | undefined;
  /** The row of an iteration; `user` counts from 1, `iteration` from 0. */
  draw(user: number, iteration: number): Row;
}

const PLAIN: readonly string[] = [''];

/** Throws FiredrillError `load.data` where a file cannot be read. */
export function createSource(generator: DataGenerator, random: Random): Source {
  if ('uniform' in generator) {
    const { items, prefix } = generator.uniform;
    return { columns: PLAIN, unique: undefined, draw: () => [`${prefix}${Math.floor(random.next() * items) + 1}`] };
  }
  if ('zipf' in generator) {
    const { items, exponent, prefix } = generator.zipf;
    const table = new AliasTable(zipfWeights(items, exponent));
    return { columns: PLAIN, unique: undefined, draw: () => [`${prefix}${table.draw(random) + 1}`] };
  }
  if ('values' in generator)
    return fromRows(
      PLAIN,
      generator.values.map((value) => [value]),
      generator.pick,
      random,
    );
  const { columns, rows } = 'csv' in generator ? dataTable('csv', generator.csv) : dataTable('json', generator.json);
  return fromRows(columns, rows, generator.pick, random);
}

type Pick = 'random' | 'sequence' | 'unique';

function fromRows(columns: readonly string[], rows: readonly Row[], pick: Pick = 'random', random: Random): Source {
  const at = (index: number): Row => rows[index % rows.length] ?? [];
  const draw = {
    random: () => at(Math.floor(random.next() * rows.length)),
    sequence: (_user: number, iteration: number) => at(iteration),
    unique: (user: number) => at(user - 1),
  }[pick];
  return { columns, unique: pick === 'unique' ? rows.length : undefined, draw };
}

/** Rank r, from 1, weighs 1/r^exponent (Zipf); index 0 is rank 1. */
export function zipfWeights(items: number, exponent: number): Float64Array {
  return Float64Array.from({ length: items }, (_, index) => (index + 1) ** -exponent);
}

/** The place of a column by its name; without a name, of the only one. */
export function columnPlace(columns: readonly string[], name: string): number | undefined {
  return columnOf({ columns, rows: [] }, name);
}
