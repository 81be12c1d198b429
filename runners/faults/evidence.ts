/** What faults share in judging proof: all containers must show the effect, and their figures are brought together by name. */
import type { OperationResult } from '../agent/protocol.ts';
import type { Proof } from './fault.ts';

export type Together = 'sum' | 'least' | 'most';

/** Proven where there is a result and every one is good. Facts that are not named are left out. */
export function judgeEvery(results: readonly OperationResult[], facts: Readonly<Record<string, Together>> = {}): Proof {
  const failed = results.filter((result) => !result.ok);
  const proven = results.length > 0 && failed.length === 0;
  const told = failed.length > 0 ? failed : results;
  const evidence =
    results.length === 0 ? 'no container answered' : told.map((result) => `${result.container}: ${wordsOf(result)}`).join('; ');
  return { proven, evidence, facts: factsOf(results, facts) };
}

function wordsOf(result: OperationResult): string {
  return result.ok ? (result.evidence ?? 'done') : (result.error ?? 'failed');
}

function factsOf(results: readonly OperationResult[], wanted: Readonly<Record<string, Together>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(wanted).flatMap(([fact, together]) => {
      const values = results.flatMap((result) => result.facts?.[fact] ?? []);
      return values.length === 0 ? [] : [[fact, COMBINE[together](values)]];
    }),
  );
}

const COMBINE: Readonly<Record<Together, (values: readonly number[]) => number>> = {
  sum: (values) => values.reduce((total, value) => total + value, 0),
  least: (values) => Math.min(...values),
  most: (values) => Math.max(...values),
};
