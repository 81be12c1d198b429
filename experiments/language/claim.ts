/**
 * What is claimed of the difference between two systems: `difference<=-20%` (at least 20 % lower), `difference<5%` (no worse by 5 % or more),
 * `difference<0.001` (in the measure's own unit), `difference within 10%` (no different). Percentages are of the baseline.
 */
import { z } from 'zod';

const CLAIM_OPERATORS = ['<=', '>=', '<', '>'] as const;
export type ClaimOperator = (typeof CLAIM_OPERATORS)[number];

/** A claim; `within` claims that the difference lies between −bound and bound. A relative bound is a share of the baseline: 0.2 is 20 %. */
export interface Claim {
  readonly operator: ClaimOperator | 'within';
  readonly bound: number;
  readonly relative: boolean;
  /** As it was written. */
  readonly text: string;
}

const CLAIM = /^\s*difference\s*(<=|>=|<|>|within)\s*(-?\d+(?:\.\d+)?(?:e-?\d+)?)\s*(%?)\s*$/;

/** Parses a claim; undefined when the text is none. */
export function parseClaim(text: string): Claim | undefined {
  const [, operator, bound, percent] = CLAIM.exec(text) ?? [];
  const found = operator === 'within' ? operator : CLAIM_OPERATORS.find((each) => each === operator);
  if (found === undefined || (found === 'within' && Number(bound) <= 0)) return undefined;
  return { operator: found, bound: percent ? Number(bound) / 100 : Number(bound), relative: percent === '%', text: text.trim() };
}

const NOT_A_CLAIM = 'is not a claim; write it like difference<=-20%, difference<5% or difference within 10%';

export const claim = z
  .string({ error: NOT_A_CLAIM })
  .transform((text, context) => {
    const parsed = parseClaim(text);
    if (parsed) return parsed;
    context.addIssue({ code: 'custom', message: NOT_A_CLAIM });
    return z.NEVER;
  })
  .meta({
    id: 'claim',
    description:
      'difference operator number, or difference within number; with % relative to the baseline: difference<=-20%, difference within 10%.',
  });
