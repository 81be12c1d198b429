/** Turns the schema's issues into problems with a place, words that a person understands, and what to type instead. */
import { z } from 'zod';
import { closest } from './closest.ts';
import type { Finding, Report, Span } from './source.ts';
import { keySpan, type MapNode, type Node, toData } from './tree.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

const VALUE_LENGTH_SHOWN_MAX = 60;

const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a map',
  record: 'a map',
  array: 'a list',
  tuple: 'a list',
  null: 'nothing',
};

/**
 * The error map for parsing what is to be explained: schemas' own messages win; an unknown key notes the known ones, one
 * a line; every other message is left empty for `explainIssue` to write.
 */
export const noteForExplaining: z.core.$ZodErrorMap = (issue) =>
  issue.code === 'unrecognized_keys' && issue.inst instanceof z.ZodObject ? Object.keys(issue.inst.shape).join('\n') : '';

interface Located {
  /** The deepest node that the path reaches. */
  readonly node: Node;
  /** The key under which that node stands, where it stands in a map. */
  readonly key: Span | undefined;
  /** What is left of the path: a missing key. */
  readonly missing: Path;
}

/** Follows a path as far as it goes. */
export function locate(root: Node, path: Path): Located {
  let found: Located = { node: root, key: undefined, missing: [] };
  for (const [index, step] of path.entries()) {
    const { node } = found;
    const entry = node.type === 'map' ? node.entries.get(String(step)) : undefined;
    const next = entry?.node ?? (node.type === 'list' ? node.items[Number(step)] : undefined);
    if (next === undefined) return { ...found, missing: path.slice(index) };
    found = { node: next, key: entry?.key, missing: [] };
  }
  return found;
}

/** Where to point for something that is not there: the key of the map it misses from, else the map's first line. */
function placeOfMissing(root: Node, located: Located): Span {
  if (located.key) return located.key;
  const { start } = located.node.span;
  return located.node === root ? { start, end: start + 1 } : located.node.span;
}

function show(node: Node): string {
  if (node.type !== 'scalar') return node.type === 'map' ? 'a map' : 'a list';
  if (node.value === null) return 'nothing';
  if (typeof node.value !== 'string') return String(node.value);
  const text = node.value.length > VALUE_LENGTH_SHOWN_MAX ? `${node.value.slice(0, VALUE_LENGTH_SHOWN_MAX)}…` : node.value;
  return `'${text}'`;
}

/** Splits a schema's message into what is wrong and what to write, and puts the value before `is …` and the like. */
function worded(message: string, node: Node): [message: string, hint: string | undefined] {
  const cut = message.lastIndexOf('; ');
  const [what, hint] = cut === -1 ? [message, undefined] : [message.slice(0, cut), message.slice(cut + 2)];
  return [/^(is|are|must|needs|names|has|may|takes)\b/.test(what) ? `${show(node)} ${what}` : what, hint];
}

function expectedType(expected: string, node: Node): string {
  return `expected ${WORDS[expected] ?? expected}, found ${show(node)}`;
}

function typeHint(expected: string, node: Node): string | undefined {
  if (node.type !== 'scalar') return undefined;
  if (expected === 'string' && node.value !== null) return `write it in quotes: '${String(node.value)}'`;
  if (expected === 'boolean') return 'write true or false';
  if (expected === 'array') return 'begin each item with "- ", or write it in [ ]';
  if ((expected === 'number' || expected === 'int') && typeof node.value === 'string' && Number.isFinite(Number.parseFloat(node.value))) {
    return `write ${Number.parseFloat(node.value)}`;
  }
  return undefined;
}

function bound(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>, node: Node): string {
  const [limit, words] =
    issue.code === 'too_small' ? [issue.minimum, ['at least', 'more than']] : [issue.maximum, ['at most', 'less than']];
  const atLimit = issue.inclusive === false ? words[1] : words[0];
  if (issue.origin === 'string') return Number(limit) === 1 ? 'must not be empty' : `${show(node)} needs ${atLimit} ${limit} characters`;
  if (issue.origin === 'array' || issue.origin === 'set') return `needs ${atLimit} ${limit} item${Number(limit) === 1 ? '' : 's'}`;
  return `${show(node)} must be ${atLimit} ${limit}`;
}

/** How far a branch of a plain union is from the value: a wrong type as a whole weighs most, then unknown and missing keys. */
function distance(issues: readonly Issue[], root: Node, path: Path): number {
  const weigh = (issue: Issue): number => {
    if (issue.code === 'unrecognized_keys') return 2 * issue.keys.length;
    if (issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value')) return 100;
    return locate(root, [...path, ...issue.path]).missing.length > 0 ? 3 : 1;
  };
  return issues.reduce((sum, issue) => sum + weigh(issue), 0);
}

/** What a bare value may be, where every branch of a union is one: `a number`, `'status' or 'body'`. */
function expectedByAll(branches: readonly (readonly Issue[])[]): string | undefined {
  const words = branches.map(([issue, ...others]) => {
    if (issue === undefined || others.length > 0 || issue.path.length > 0) return undefined;
    if (issue.code === 'invalid_type') return WORDS[issue.expected] ?? issue.expected;
    return issue.code === 'invalid_value' ? issue.values.map((value) => `'${String(value)}'`).join(' or ') : undefined;
  });
  return words.length > 0 && words.every((word) => word !== undefined) ? [...new Set(words)].join(' or ') : undefined;
}

function explainUnion(issue: Extract<Issue, { code: 'invalid_union' }>, root: Node, node: Node): readonly Finding[] {
  const branches = issue.errors.map((issues) => unpack(issues));
  const types = expectedByAll(branches);
  if (types !== undefined) return [{ code: 'wrong-type', message: `expected ${types}, found ${show(node)}`, span: node.span }];
  const [nearest] = branches
    .map((issues) => ({ issues, distance: distance(issues, root, issue.path) }))
    .toSorted((left, right) => left.distance - right.distance);
  if (nearest === undefined) return [{ code: 'wrong-value', message: `${show(node)} may not stand here`, span: node.span }];
  return unpack(nearest.issues, issue.path).flatMap((inner) => explainIssue(inner, root));
}

function explainUnknownKeys(issue: Extract<Issue, { code: 'unrecognized_keys' }>, node: Node): readonly Finding[] {
  const known = issue.message.split('\n').filter((key) => key !== '');
  const unused = known.filter((key) => !(node.type === 'map' && node.entries.has(key)));
  return issue.keys.map((key) => {
    const near = closest(key, unused) ?? closest(key, known);
    const hint = near === undefined ? `keys here: ${known.join(', ')}` : `did you mean '${near}'?`;
    return { code: 'unknown-key', message: `unknown key '${key}'`, span: keySpan(node, key) ?? node.span, hint };
  });
}

function explainWrongKey(issue: Extract<Issue, { code: 'invalid_key' }>, located: Located): Finding {
  const [inner] = issue.issues;
  const span = located.key ?? located.node.span;
  const key: Node = { type: 'scalar', span, value: String(issue.path.at(-1)), plain: true };
  const [message, hint] = worded(inner?.message || 'is not a name that may stand here', key);
  return { code: 'wrong-name', message, span, hint };
}

/** A message that the schema brought along; choices between maps bring a code and a hint as well. */
function explainMessage(issue: Issue, root: Node, located: Located): Finding {
  const params = issue.code === 'custom' ? issue.params : undefined;
  const [message, wordedHint] = worded(issue.message, located.node);
  if (typeof params?.['code'] !== 'string') return { code: 'wrong-value', message, span: located.node.span, hint: wordedHint };
  const key = typeof params['key'] === 'string' ? keySpan(located.node, params['key']) : undefined;
  const span = key ?? (params['code'] === 'missing-key' ? placeOfMissing(root, located) : located.node.span);
  return { code: params['code'], message: issue.message, span, hint: typeof params['hint'] === 'string' ? params['hint'] : undefined };
}

function explainValue(issue: Issue, node: Node): Finding {
  const { span } = node;
  switch (issue.code) {
    case 'invalid_type':
      return { code: 'wrong-type', message: expectedType(issue.expected, node), span, hint: typeHint(issue.expected, node) };
    case 'too_small':
    case 'too_big':
      return { code: 'out-of-range', message: bound(issue, node), span };
    case 'invalid_value': {
      const values = issue.values.map(String);
      const near = node.type === 'scalar' ? closest(String(node.value), values) : undefined;
      const message =
        values.length === 1 ? `expected '${values[0]}', found ${show(node)}` : `${show(node)} is none of ${values.join(', ')}`;
      return { code: 'wrong-value', message, span, hint: near === undefined ? undefined : `did you mean '${near}'?` };
    }
    case 'invalid_format': {
      const form = issue.format === 'regex' ? `of the form ${issue.pattern}` : `a valid ${issue.format}`;
      return { code: 'wrong-value', message: `${show(node)} is not ${form}`, span };
    }
    case 'not_multiple_of':
      return { code: 'out-of-range', message: `${show(node)} is no multiple of ${issue.divisor}`, span };
    default:
      return { code: 'wrong-value', message: `${show(node)} may not stand here`, span };
  }
}

/** Issues that a choice between maps handed on, in the place of the choice. */
function unpack(issues: readonly Issue[], path: Path = []): readonly Issue[] {
  return issues.flatMap((issue) => {
    const placed = { ...issue, path: [...path, ...issue.path] };
    const branch: unknown = issue.code === 'custom' ? issue.params?.['branch'] : undefined;
    return branch instanceof z.ZodError ? unpack(branch.issues, placed.path) : [placed];
  });
}

/** What is to be said of one issue. The value that it is about is looked up by its path. */
function explainIssue(issue: Issue, root: Node): readonly Finding[] {
  const located = locate(root, issue.path);
  if (located.node.type === 'scalar' && located.node.unset) return [];
  if (issue.code === 'unrecognized_keys') return explainUnknownKeys(issue, located.node);
  if (issue.code === 'invalid_key') return [explainWrongKey(issue, located)];
  if (located.missing.length > 0) {
    const missing = located.missing.map(String).join('.');
    return [{ code: 'missing-key', message: `missing key '${missing}'`, span: placeOfMissing(root, located) }];
  }
  if (issue.message !== '') return [explainMessage(issue, root, located)];
  if (issue.code === 'invalid_union') return explainUnion(issue, root, located.node);
  return [explainValue(issue, located.node)];
}

/**
 * Checks a tree by a schema. A scalar from the environment is read as the schema needs it, as number or as text; the
 * answer holds those that were read otherwise than written. Undefined, with everything reported, when the tree is wrong.
 */
export function checkTree(root: MapNode, schema: z.ZodType, report: Report): ReadonlySet<Node> | undefined {
  const flipped = new Set<Node>();
  for (;;) {
    const result = schema.safeParse(toData(root, flipped), { error: noteForExplaining });
    if (result.success) return flipped;
    const issues = unpack(result.error.issues);
    const misread = issues.flatMap((issue) => {
      const { node, missing } = locate(root, issue.path);
      const hasOther = missing.length === 0 && node.type === 'scalar' && node.otherwise !== undefined && !flipped.has(node);
      return hasOther && issue.code === 'invalid_type' ? [node] : [];
    });
    if (misread.length === 0) {
      for (const finding of issues.flatMap((issue) => explainIssue(issue, root)))
        report(finding.code, finding.message, finding.span, finding.hint);
      return undefined;
    }
    for (const node of misread) flipped.add(node);
  }
}
