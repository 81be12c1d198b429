/** Header fields: their names as Go writes them, and pairs as an object. */

export type HeaderPairs = readonly (readonly [string, string])[];

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const WORDS = /(^|-)([a-z])/g;
/** Names are few in any test; beyond this many the memory starts anew. */
const NAMES_MAX = 1000;
/** Longer ones are not remembered. */
const NAME_LENGTH_MAX = 64;
const canonical = new Map<string, string>();
const tokens = new Set<string>();

/** `content-type` → `Content-Type`; a name that is no token stays as it is. */
export function canonicalName(name: string): string {
  const known = canonical.get(name);
  if (known !== undefined) return known;
  const made = TOKEN.test(name)
    ? name.toLowerCase().replace(WORDS, (_, before: string, letter: string) => before + letter.toUpperCase())
    : name;
  if (canonical.size >= NAMES_MAX) canonical.clear();
  canonical.set(name, made);
  return made;
}

export function isToken(text: string): boolean {
  if (tokens.has(text)) return true;
  const isOne = TOKEN.test(text);
  if (isOne && text.length <= NAME_LENGTH_MAX && tokens.size < NAMES_MAX) tokens.add(text);
  return isOne;
}

/** The first value; `name` in lower case. */
export function headerOf(headers: HeaderPairs, name: string): string | undefined {
  return headers.find(([each]) => each.toLowerCase() === name)?.[1];
}

/** By canonical names; values of one name joined by `, `. */
export function headersAsObject(headers: HeaderPairs): Record<string, string> {
  return Object.fromEntries([...byName(headers)].map(([name, values]) => [name, values.join(', ')]));
}

/** By canonical names; each with all its values. */
export function headersAsLists(headers: HeaderPairs): Record<string, string[]> {
  return Object.fromEntries(byName(headers));
}

function byName(headers: HeaderPairs): Map<string, string[]> {
  const lists = new Map<string, string[]>();
  for (const [name, value] of headers) {
    const key = canonicalName(name);
    const before = lists.get(key);
    if (before === undefined) lists.set(key, [value]);
    else before.push(value);
  }
  return lists;
}
