/**
 * GJSON paths, which `response.json(selector)` takes: keys and indexes, wildcards, `#`, queries `#(…)` and `#(…)#`, pipes
 * and the modifiers that rearrange values. Not multipaths (`{a,b}`, `[a,b]`), literals (`!`) and modifiers for text.
 * https://github.com/tidwall/gjson/blob/master/SYNTAX.md
 */
import { elementsThat, splitQuery } from './json-query.ts';
import { isObject, wildcard } from './json-values.ts';

/** A part of a path up to the next `.` or `|`. */
interface Step {
  readonly text: string;
  /** Nothing follows. */
  readonly last: boolean;
  readonly rest: string;
  /** What parts it from the rest. */
  readonly separator: '.' | '|' | '';
}

const MODIFIERS: Readonly<Record<string, (value: unknown) => unknown>> = {
  '@this': (value) => value,
  '@valid': (value) => value,
  '@ugly': (value) => value,
  '@pretty': (value) => value,
  '@reverse': (value) =>
    Array.isArray(value) ? value.toReversed() : isObject(value) ? Object.fromEntries(Object.entries(value).reverse()) : value,
  '@keys': (value) => (isObject(value) ? Object.keys(value) : []),
  '@values': (value) => (isObject(value) ? Object.values(value) : Array.isArray(value) ? value : []),
  '@flatten': (value) => (Array.isArray(value) ? value.flat() : value),
  '@join': (value) => (Array.isArray(value) ? Object.assign({}, ...value.filter(isObject)) : value),
};
/** Steps of a path that work inside each other at most. */
const DEPTH_MAX = 200;

/** Undefined where there is no such part. Throws where the path uses what is not supported, or is broken. */
export function selectJson(value: unknown, path: string): unknown {
  return select(value, path, 0);
}

function select(value: unknown, path: string, depth: number): unknown {
  if (path === '' || value === undefined) return path === '' ? undefined : value;
  if (depth > DEPTH_MAX) throw new Error(`the JSON path has more than ${DEPTH_MAX} steps`);
  const step = stepOf(path);
  const onward = (next: unknown) => (step.last || next === undefined ? next : select(next, step.rest, depth + 1));
  const first = step.text[0];
  if (first === '{' || first === '[' || first === '!')
    throw new Error(`the JSON path '${path}' uses ${first}, which is not supported; take the parts with several paths, or in JavaScript`);
  if (first === '@') return onward(modified(value, step.text));
  if (first === '#' && Array.isArray(value)) return selectFromList(value, step, depth);
  return onward(child(value, step.text));
}

function selectFromList(list: readonly unknown[], step: Step, depth: number): unknown {
  const query = step.text === '#' ? undefined : splitQuery(step.text);
  if (step.text !== '#' && !query) return undefined;
  const after = (value: unknown) => (step.last || value === undefined ? value : select(value, step.rest, depth + 1));
  if (!query) return step.last ? list.length : step.separator === '|' ? after(list.length) : mapped(list, step.rest, depth);
  const found = elementsThat(list, query, (element, path) => select(element, path, depth + 1));
  if (!query.all) return after(found[0]);
  return step.separator === '.' ? mapped(found, step.rest, depth) : after(found);
}

/** The rest up to the next pipe, for each element that has it; then what the pipe leads to. */
function mapped(list: readonly unknown[], rest: string, depth: number): unknown {
  const pipe = pipeIn(rest);
  const path = pipe < 0 ? rest : rest.slice(0, pipe);
  const found = list.map((element) => select(element, path, depth + 1)).filter((each) => each !== undefined);
  return pipe < 0 ? found : select(found, rest.slice(pipe + 1), depth + 1);
}

function modified(value: unknown, text: string): unknown {
  const name = text.split(':', 1)[0] ?? '';
  if (!Object.hasOwn(MODIFIERS, name))
    throw new Error(`the JSON path's modifier '${name}' is not supported; there are ${Object.keys(MODIFIERS).join(', ')}`);
  return MODIFIERS[name]?.(value);
}

function child(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return /^\d+$/.test(key) ? value[Number(key)] : undefined;
  if (!isObject(value)) return undefined;
  if (!/[\\*?]/.test(key)) return Object.hasOwn(value, key) ? value[key] : undefined;
  const pattern = wildcard(key);
  const name = Object.keys(value).find((each) => pattern.test(each));
  return name === undefined ? undefined : value[name];
}

function stepOf(path: string): Step {
  const end = separatorIn(path, /[.|]/);
  const separator = end < 0 ? '' : path[end] === '|' ? '|' : '.';
  return { text: end < 0 ? path : path.slice(0, end), last: end < 0, rest: end < 0 ? '' : path.slice(end + 1), separator };
}

function pipeIn(path: string): number {
  return separatorIn(path, /\|/);
}

/** Where one stands outside of brackets and quotes; -1 where none does. Throws where a bracket stays open. */
function separatorIn(path: string, separator: RegExp): number {
  let open = 0;
  let quoted = false;
  for (let at = 0; at < path.length; at += 1) {
    const character = path[at] ?? '';
    if (character === '\\') at += 1;
    else if (open > 0 && character === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (character === '(') open += 1;
    else if (character === ')') open -= 1;
    else if (open === 0 && separator.test(character)) return at;
  }
  if (open > 0 || quoted) throw new Error(`the JSON path '${path}' has a query that is not closed: it is written #(name=="value")`);
  return -1;
}
