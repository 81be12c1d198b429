/** What a measure of spread comes to when it is judged. */
import { numberText } from '../judgement.ts';

/** The bounds between which the value lies, equal where it is known exactly, and words on it; a text is why there is none. */
export type Found = { readonly least: number; readonly most: number; readonly seen: string } | string;

export function exactly(value: number | undefined, seen: string): Found {
  return value === undefined ? `not defined: ${seen}` : { least: value, most: value, seen };
}

/** `1500 requests of 3 values`. */
export function countText(values: readonly number[], what: string): string {
  return `${numberText(values.reduce((sum, value) => sum + value, 0))} ${what} of ${values.length} values`;
}
