/** What a claim about two systems comes down to: on which side of a line the difference surely lies. */

/** variant − factor · baseline − offset: 1 and 0 ask for the difference itself, 0.8 and 0 whether it is 20 % lower. */
export interface Contrast {
  readonly factor: number;
  readonly offset: number;
}

/** Where the contrast lies with 95 % confidence; `unclear` where chance may have put it there. */
export type Side = 'below' | 'above' | 'unclear';

/** Misses of a two-sided judgement where there is no difference. */
export const ERROR_SHARE = 0.05;

/** Values that lie nearer together than this share of them are equal. */
export const ROUNDING = 1e-9;

export function contrastOf(variant: number, baseline: number, { factor, offset }: Contrast): number {
  const contrast = variant - factor * baseline - offset;
  const size = Math.max(Math.abs(variant), Math.abs(factor * baseline), Math.abs(offset));
  return Math.abs(contrast) <= ROUNDING * size ? 0 : contrast;
}

/** The side on which a whole interval lies. */
export function sideOfInterval(low: number, high: number): Side {
  if (low > 0) return 'above';
  return high < 0 ? 'below' : 'unclear';
}
