/**
 * Colours as spans: a line is a list of spans, so that widths are counted on the text alone and a line can be cut
 * without cutting an escape code in two. Without colour the same line is plain text.
 */
import { fit, printable, widthOf } from './text.ts';

const CODES = { plain: '', bold: '1', dim: '2', good: '32', bad: '31', warning: '33', fault: '35', load: '36' } as const;
export type Tone = keyof typeof CODES;

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}
export type Line = readonly Span[];

/** One piece of a line. The text is made harmless. */
export function span(text: string, tone: Tone = 'plain'): Span {
  return { text: text.trim() === '' ? text : printable(text) + (/ +$/.exec(text)?.[0] ?? ''), tone };
}

/** Cells that the line takes. */
export function lineWidth(line: Line): number {
  return line.reduce((sum, each) => sum + widthOf(each.text), 0);
}

/** The line as text, cut to `columns`, painted where colour is wanted. */
export function paint(line: Line, columns: number, color: boolean): string {
  let left = columns;
  let text = '';
  for (const each of line) {
    const cut = fit(each.text, left);
    left -= widthOf(cut);
    text += color && CODES[each.tone] !== '' && cut !== '' ? `\u001b[${CODES[each.tone]}m${cut}\u001b[0m` : cut;
    if (left <= 0 || cut !== each.text) break;
  }
  return text;
}

/** Left part and right part on one line, the right one flush where both fit. */
export function justified(left: Line, right: Line, columns: number): Line {
  const gap = columns - lineWidth(left) - lineWidth(right);
  return [...left, span(' '.repeat(Math.max(2, gap))), ...right];
}
