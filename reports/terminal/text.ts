/**
 * Text on a terminal. What comes from outside (titles, answers, container names) may hold escape codes; it is made
 * harmless here before it is drawn. Widths count cells: wide letters two, combining marks none.
 */

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;
const COMBINING = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]$/u;

/** The text on one line, with control characters and direction overrides replaced by a blank. */
export function printable(text: string): string {
  return text.replace(CONTROL, ' ').trimEnd();
}

function cellsOf(letter: string): number {
  if (COMBINING.test(letter)) return 0;
  return WIDE.test(letter) ? 2 : 1;
}

/** Cells that a text without escape codes takes. */
export function widthOf(text: string): number {
  return [...text].reduce((sum, letter) => sum + cellsOf(letter), 0);
}

/** The text cut to at most `cells`, with `…` where something was cut. */
export function fit(text: string, cells: number): string {
  if (widthOf(text) <= cells) return text;
  if (cells <= 0) return '';
  let kept = '';
  let width = 0;
  for (const letter of text) {
    width += cellsOf(letter);
    if (width > cells - 1) break;
    kept += letter;
  }
  return `${kept}…`;
}

/** Cut or filled with blanks to exactly `cells`. */
export function padded(text: string, cells: number, side: 'left' | 'right' = 'left'): string {
  const cut = fit(text, cells);
  const blanks = ' '.repeat(Math.max(0, cells - widthOf(cut)));
  return side === 'left' ? cut + blanks : blanks + cut;
}

/** Breaks a text at blanks so that each line fits; a single long word is cut. */
export function wrapped(text: string, cells: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of printable(text).split(' ')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > cells) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((each) => fit(each, Math.max(1, cells)));
}
