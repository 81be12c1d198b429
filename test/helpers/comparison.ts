/** Comparisons for tests, written as in a file. */
import assert from 'node:assert/strict';
import { comparison } from '../../experiments/language/comparison.ts';
import type { Comparison } from '../../experiments/language/experiment.ts';

interface Written {
  readonly variant?: string;
  readonly baseline?: string;
  readonly load?: string;
  readonly reading?: string;
  readonly aggregate: string;
  readonly when?: string;
  readonly expect: string;
}

export function comparisonOf({ load, reading, aggregate, ...rest }: Written): Comparison {
  const measure = load === undefined ? { reading, aggregate } : { load, aggregate };
  const { data, error } = comparison.safeParse({ ...rest, measure });
  assert.ok(data, error?.message);
  return data;
}
