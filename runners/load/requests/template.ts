/** Texts in which `${name}` stands for a value: cut into pieces once, put together for each request. */
import { PLACEHOLDER_NAME } from '../../../experiments/language/load-names.ts';
import type { Slots, Values } from './values.ts';

export interface Template {
  /** Nothing in it changes. */
  readonly fixed: boolean;
  render(values: Values): string;
}

/** How a text becomes part of a request. */
export interface Encoding {
  /** What is put in for a placeholder. */
  readonly value: (value: string) => string;
  /** What was written around the placeholders; default as it is. */
  readonly literal?: (text: string) => string;
}

export const RAW: Encoding = { value: (value) => value };
/** A header's value: what would end its line becomes blank. */
export const ONE_LINE: Encoding = { value: (value) => value.replace(/[\r\n\0]/g, ' ') };
export const URL_PART: Encoding = { value: percentEncode };
/** Inside the quotes of a JSON text. */
export const IN_JSON: Encoding = { value: (value) => JSON.stringify(value).slice(1, -1) };
/** `application/x-www-form-urlencoded`. */
export const FORM: Encoding = { value: formEncode, literal: formEncode };

/** Half a surrogate pair, which a target's JSON may hold and UTF-8 cannot, becomes U+FFFD. */
function percentEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

export function formEncode(text: string): string {
  return percentEncode(text).replaceAll('%20', '+');
}

export function fixedTemplate(text: string): Template {
  return { fixed: true, render: () => text };
}

/** What is no name of the scenario was escaped where it was written, and stays as it is. */
export function compileTemplate(text: string, slots: Slots, encoding: Encoding): Template {
  const { value, literal = (written: string) => written } = encoding;
  const pieces: (string | number)[] = [];
  let from = 0;
  for (const match of text.matchAll(PLACEHOLDER_NAME)) {
    const slot = slots.of(match[1] ?? '');
    if (slot === undefined) continue;
    pieces.push(literal(text.slice(from, match.index)), slot);
    from = match.index + match[0].length;
  }
  pieces.push(literal(text.slice(from)));
  if (pieces.length === 1) return fixedTemplate(String(pieces[0]));
  const render = (values: Values) => {
    let filled = '';
    for (const piece of pieces) filled += typeof piece === 'string' ? piece : value(values.get(piece));
    return filled;
  };
  return { fixed: false, render };
}

/** One template of several, one after the other. */
export function joinTemplates(parts: readonly Template[]): Template {
  return { fixed: parts.every(({ fixed }) => fixed), render: (values) => parts.map((part) => part.render(values)).join('') };
}
