/** Fields as `application/x-www-form-urlencoded`, by Go's rules, hence k6's: sorted by name, spaces as `+`. */

export const FORM_TYPE = 'application/x-www-form-urlencoded';

export type FormPairs = readonly (readonly [string, string])[];

/**
 * Fields of an object as pairs: null and undefined are empty, a list gives its name once for each entry. A value that a
 * form cannot carry (an object, a list in a list) is empty, and `warn` is told its name.
 */
export function formPairs(fields: object, warn: (name: string) => void): FormPairs {
  return Object.entries(fields).flatMap(([name, value]) => {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    return values.map((each): [string, string] => [name, fieldText(each, () => warn(name))]);
  });
}

export function encodeForm(pairs: FormPairs): string {
  const sorted = [...pairs].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return sorted.map(([name, value]) => `${queryEscape(name)}=${queryEscape(value)}`).join('&');
}

function fieldText(value: unknown, warn: () => void): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'object' && typeof value !== 'function') return String(value);
  warn();
  return '';
}

function queryEscape(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'))
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}
