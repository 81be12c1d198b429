/** Tags as scripts write them: a map of names to texts, numbers or truths. */
import type { Tags } from '../host.ts';

/** The text of one tag's value. Throws TypeError where it is neither text, number nor truth. */
export function tagValue(name: string, value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new TypeError(`the tag '${name}' must be a string, a number or a boolean, not ${value === null ? 'null' : typeof value}`);
}

/** Throws TypeError on anything but a map of such values. */
export function tagsOf(tags: unknown): Tags {
  if (typeof tags !== 'object' || tags === null) throw new TypeError(`tags must be a map of names to values, not ${typeof tags}`);
  const read: Readonly<Record<string, unknown>> = { ...tags };
  return Object.fromEntries(Object.keys(read).map((name) => [name, tagValue(name, read[name])]));
}
