/**
 * Colours. Series take theirs from custom properties, which have a light and a dark value each; eight hues that stay
 * apart for the colour-blind (after Okabe and Ito, darkened until text in them reads on white), with a dash pattern
 * as second sign from the fifth on. Beyond eight, series are grey.
 */
const SERIES_MAX = 8;
const DASHES = ['', '', '', '', '6 3', '2 3', '8 3 2 3', '4 2'] as const;
const GREY = 'var(--muted)';
const COLOUR = /^(?:#[0-9a-f]{3,8}|[a-z]{3,20}|(?:rgb|hsl|oklch|lab|lch|oklab)\([0-9a-z.%,/ -]{1,60}\))$/i;

/** CSS colour of the n-th series. */
export function seriesColour(index: number): string {
  return index < SERIES_MAX ? `var(--s${index})` : GREY;
}

/** SVG dash array of the n-th series, empty for a solid line. */
export function seriesDash(index: number): string {
  return DASHES[index] ?? '1 2';
}

/** A colour from outside, or grey where it is none: what goes into a style attribute must not carry anything else. */
export function safeColour(colour: string): string {
  return COLOUR.test(colour) ? colour : GREY;
}
