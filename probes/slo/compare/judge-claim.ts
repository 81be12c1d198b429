/**
 * A claim judged on a comparison. Held and broken are told with confidence; a difference that chance may have made is *unknown*. Whoever claims
 * a difference learns first whether there is any:
 *
 *   claim: 20 % lower           ──[===]──┼──────────0──   held
 *   ([ ] is the interval)       ───────[=┼==]───────0──   unknown: lower, but perhaps not by 20 %
 *                               ─────────┼──[===]───0──   broken: lower, and not by 20 %
 *                               ─────────┼────────[=0=]   unknown: no different
 */
import type { Claim } from '../../../experiments/language/claim.ts';
import { numberText, type State } from '../judgement.ts';
import type { Compared } from './compare.ts';
import type { Contrast, Side } from './contrast.ts';

export interface ClaimJudgement {
  readonly state: State;
  /** The difference is within the noise, or within the margin that was claimed. */
  readonly noDifferent: boolean;
  /** What was seen, as text. */
  readonly seen: string;
}

function lineAt(bound: number, relative: boolean): Contrast {
  return relative ? { factor: 1 + bound, offset: 0 } : { factor: 1, offset: bound };
}

/** 0.123 as `+12.3%`, 4.5 as `+4.5`. */
export function signedText(value: number, relative: boolean): string {
  const text = numberText(relative ? value * 100 : value);
  return `${value > 0 ? '+' : ''}${text.replace('-', '−')}${relative ? '%' : ''}`;
}

/** `−62% (−65% … −59%)`, else in the measure's own unit. */
function differenceText(comparison: Compared, relative: boolean): string {
  const [value = comparison.difference, interval] = relative
    ? [comparison.relative, comparison.relativeInterval()]
    : [comparison.difference, comparison.interval()];
  return `${signedText(value, relative)} (${interval.map((end) => signedText(end, relative)).join(' … ')})`;
}

function judgeBound(claim: Claim, sideOf: (bound: number) => Side): Omit<ClaimJudgement, 'seen'> & { readonly words: string } {
  const isUpper = claim.operator.startsWith('<');
  const [right, wrong] = isUpper ? (['below', 'above'] as const) : (['above', 'below'] as const);
  const side = sideOf(claim.bound);
  if (side === right) return { state: 'held', noDifferent: false, words: '' };
  const claimsDifference = isUpper ? claim.bound <= 0 : claim.bound >= 0;
  if (claimsDifference && sideOf(0) === 'unclear') return { state: 'unknown', noDifferent: true, words: 'no different: ' };
  if (side === wrong) return { state: 'broken', noDifferent: false, words: '' };
  return { state: 'unknown', noDifferent: false, words: 'too uncertain to tell: ' };
}

function judgeWithin({ bound }: Claim, sideOf: (bound: number) => Side): Omit<ClaimJudgement, 'seen'> & { readonly words: string } {
  const [lower, upper] = [sideOf(-bound), sideOf(bound)];
  if (lower === 'above' && upper === 'below') return { state: 'held', noDifferent: true, words: 'no different: ' };
  if (lower === 'below' || upper === 'above') return { state: 'broken', noDifferent: false, words: '' };
  return { state: 'unknown', noDifferent: false, words: 'too uncertain to tell: ' };
}

/** Judges a claim. A percentage of a baseline that is not surely above 0 says nothing. */
export function judgeClaim(claim: Claim, comparison: Compared): ClaimJudgement {
  if (claim.relative && comparison.relative === undefined) {
    const seen = `the baseline is ${numberText(comparison.baseline)} or may be 0, of which nothing is a percentage; write the claim as a number`;
    return { state: 'unknown', noDifferent: false, seen };
  }
  const sideOf = (bound: number) => comparison.sideOf(lineAt(bound, claim.relative));
  const { words, ...judged } = claim.operator === 'within' ? judgeWithin(claim, sideOf) : judgeBound(claim, sideOf);
  return { ...judged, seen: `${words}${differenceText(comparison, claim.relative)}` };
}
