/** The text of an experiment file, and how places in it become problems. */
import type { LineCounter } from 'yaml';
import type { Problem } from './problems.ts';

/** Where something stands: offsets into the text, `end` excluded. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Source {
  readonly file: string;
  readonly text: string;
  readonly lines: LineCounter;
}

/** A problem before its file is known. */
export interface Finding {
  readonly code: string;
  readonly message: string;
  readonly span: Span;
  readonly hint?: string | undefined;
}

/** Notes a problem at a place. */
export type Report = (code: string, message: string, span: Span, hint?: string | undefined) => void;

/** The problem at a span; carets stay on the span's first line and cover one column at least. */
export function problemAt(source: Source, span: Span, facts: { code: string; message: string; hint?: string | undefined }): Problem {
  const start = Math.min(span.start, source.text.length);
  const { line, col } = source.lines.linePos(start);
  const lineStart = start - (col - 1);
  const lineBreak = source.text.indexOf('\n', lineStart);
  const whole = source.text.slice(lineStart, lineBreak === -1 ? undefined : lineBreak);
  const sourceLine = whole.endsWith('\r') ? whole.slice(0, -1) : whole;
  const covered = sourceLine.slice(col - 1, col - 1 + Math.max(0, span.end - start)).trimEnd();
  return { ...facts, file: source.file, line, column: col, length: Math.max(1, covered.length), sourceLine };
}
