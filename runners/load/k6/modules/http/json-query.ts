/** The queries of GJSON paths: `#(last=="Murphy")` is the first element of which it is true, with a `#` behind it all of them. */
import { isObject, wildcard } from './json-values.ts';

export interface Query {
  /** All elements, not only the first. */
  readonly all: boolean;
  /** Inside of an element; empty: the element itself. */
  readonly path: string;
  /** Empty where it only must be there. */
  readonly operator: string;
  readonly value: unknown;
}

const QUERY = /^#\((.*)\)(#?)$/s;
const CONDITION = /^((?:\\.|#\(.*\)#?|[^\\=!<>%])*?)\s*(==|=|!=|<=|>=|<|>|!%|%)\s*("(?:\\.|[^"\\])*"|[^"]*)$/s;

/** Undefined where the text is no query. Throws where its value is none. */
export function splitQuery(text: string): Query | undefined {
  const [, inner, hash] = QUERY.exec(text) ?? [];
  if (inner === undefined) return undefined;
  const condition = /^#\(.*\)#?$/s.test(inner.trim()) ? null : CONDITION.exec(inner);
  const all = hash === '#';
  if (!condition) return { all, path: inner.trim(), operator: '', value: undefined };
  const [, path = '', operator = '', value = ''] = condition;
  return { all, path: path.trim(), operator, value: literalOf(value.trim(), text) };
}

/** The elements that fulfil a query: the first alone, unless it asks for all. */
export function elementsThat(list: readonly unknown[], query: Query, select: (element: unknown, path: string) => unknown): unknown[] {
  const fulfils = (element: unknown) => {
    if (query.path === '' && query.operator === '') return true;
    const value = query.path === '' ? (isObject(element) ? undefined : element) : select(element, query.path);
    return value !== undefined && holds(value, query);
  };
  if (query.all) return list.filter(fulfils);
  const index = list.findIndex(fulfils);
  return index < 0 ? [] : [list[index]];
}

function holds(value: unknown, { operator, value: wanted }: Query): boolean {
  switch (operator) {
    case '':
      return true;
    case '=':
    case '==':
      return value === wanted;
    case '!=':
      return value !== wanted;
    case '%':
      return typeof value === 'string' && wildcard(String(wanted)).test(value);
    case '!%':
      return typeof value === 'string' && !wildcard(String(wanted)).test(value);
    default:
      return ordered(value, wanted, operator);
  }
}

/** Numbers with numbers, texts with texts. */
function ordered(value: unknown, wanted: unknown, operator: string): boolean {
  const compared =
    typeof value === 'number' && typeof wanted === 'number'
      ? value - wanted
      : typeof value === 'string' && typeof wanted === 'string'
        ? Number(value > wanted) - Number(value < wanted)
        : Number.NaN;
  if (operator === '<') return compared < 0;
  if (operator === '<=') return compared <= 0;
  return operator === '>' ? compared > 0 : compared >= 0;
}

function literalOf(text: string, query: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(
      `the JSON path's query '${query}' compares with '${text}'; write a text in double quotes, a number, true, false or null`,
    );
  }
}
