/**
 * Numbers that measures of spread are taken of. What holds for all of them: a measure that the numbers do not define (there are
 * none, one of them is no number, the formula divides by 0) is undefined, never 0; NaN neither counts nor is ever returned.
 */

/** The value, or undefined where it is NaN or endless. */
export function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

/** A share: undefined unless part and whole are finite, not negative, the whole is above 0 and the part no greater. */
export function shareOf(part: number, whole: number): number | undefined {
  return part >= 0 && whole > 0 && part <= whole && Number.isFinite(whole) ? part / whole : undefined;
}

/** Sum of amounts: undefined where there are none, one is negative or not finite, or the sum is not finite. */
export function totalOf(amounts: readonly number[]): number | undefined {
  if (amounts.length === 0 || !amounts.every((amount) => amount >= 0)) return undefined;
  return finite(amounts.reduce((sum, amount) => sum + amount, 0));
}

/** What comes first by a number, greatest first; of equals, the one whose name comes first. */
export function byGreatest<Named extends { readonly name: string }>(number: (named: Named) => number) {
  return (one: Named, other: Named): number => number(other) - number(one) || (one.name < other.name ? -1 : 1);
}
