/**
 * Reads YAML 1.2 (core schema, no merge keys) into a tree. Everything that a hostile or mistaken file could blow up
 * has a limit: its size, its nesting, and what its aliases expand to.
 */

import type { CST, Document, ParsedNode, Scalar as YamlScalar } from 'yaml';
import { Composer, isAlias, isCollection, isMap, isScalar, isSeq, LineCounter, Parser } from 'yaml';
import type { Report, Source, Span } from './source.ts';
import type { Entry, MapNode, Node, ScalarNode } from './tree.ts';

/** Characters of a file; what the parser needs for the worst of this size is well under a second. */
export const SOURCE_LENGTH_MAX = 64 * 1024;
/** Maps and lists within each other. */
export const DEPTH_MAX = 32;
/** Aliases followed, those inside of what an alias stands for counted again. */
export const ALIASES_MAX = 50;

/** Errors of the YAML parser after which what was read still means what was written. */
const HARMLESS_ERRORS: ReadonlySet<string> = new Set(['TAG_RESOLVE_FAILED', 'BAD_DQ_ESCAPE', 'BAD_DIRECTIVE', 'BAD_ALIAS']);

/** The source of a text, with its lines counted. */
export function sourceOf(file: string, text: string): Source {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
  return { file, text, lines };
}

/** Where nesting first goes beyond the limit; walks without recursion, since the parser's own composer recurses. */
function tooDeep(documents: readonly CST.Token[]): number | undefined {
  const waiting: { token: CST.Token; depth: number }[] = documents.map((token) => ({ token, depth: 0 }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { token, depth } = next;
    if (depth > DEPTH_MAX) return token.offset;
    if (token.type === 'document' && token.value) waiting.push({ token: token.value, depth });
    if (!('items' in token)) continue;
    for (const item of token.items) {
      if (item.key) waiting.push({ token: item.key, depth: depth + 1 });
      if (item.value) waiting.push({ token: item.value, depth: depth + 1 });
    }
  }
  return undefined;
}

/** Walks the parsed document in its own order, so that an alias means the anchor before it. */
class TreeReader {
  readonly #report: Report;
  readonly #anchors = new Map<string, ParsedNode>();
  #aliases = 0;
  /** The alias of the file that is being followed, for problems with those inside of what it stands for. */
  #following: Span | undefined;
  #gaveUp = false;

  constructor(report: Report) {
    this.#report = report;
  }

  read(node: ParsedNode | null, place: Span, depth: number): Node {
    const span = spanOf(node, place);
    if (isAlias(node)) return this.#readAlias(node.source, span, depth);
    if (node && (isScalar(node) || isCollection(node)) && node.anchor) this.#anchors.set(node.anchor, node);
    if (isMap(node)) return this.#readMap(node.items, span, depth);
    if (isSeq(node)) return { type: 'list', span, items: node.items.map((item) => this.read(item, span, depth + 1)) };
    return this.#readScalar(isScalar(node) ? node : undefined, span);
  }

  /** What stands for an alias that leads nowhere; it is reported already. */
  #nothing(span: Span): ScalarNode {
    return { type: 'scalar', span, value: null, plain: true, unset: true };
  }

  #readAlias(name: string, span: Span, depth: number): Node {
    if (this.#gaveUp) return this.#nothing(span);
    this.#aliases += 1;
    if (this.#aliases > ALIASES_MAX || depth > DEPTH_MAX) {
      this.#gaveUp = true;
      const message = `aliases expand to more than ${ALIASES_MAX} copies, or deeper than ${DEPTH_MAX} levels`;
      this.#report('too-many-aliases', message, this.#following ?? span, 'write the values out');
      return this.#nothing(span);
    }
    const target = this.#anchors.get(name);
    if (target === undefined) {
      this.#report('unknown-alias', `there is no anchor '&${name}' before this alias`, span);
      return this.#nothing(span);
    }
    const outer = this.#following;
    this.#following ??= span;
    const node = this.read(target, span, depth);
    this.#following = outer;
    return node;
  }

  #readMap(items: readonly { key: ParsedNode; value: ParsedNode | null }[], span: Span, depth: number): MapNode {
    const entries = new Map<string, Entry>();
    for (const { key, value } of items) {
      const place = spanOf(key, span);
      const name =
        isScalar(key) && key.value !== null ? String(typeof key.value === 'string' ? key.value : (key.source ?? key.value)) : undefined;
      const node = this.read(value, { start: place.end, end: place.end }, depth + 1);
      if (name === undefined || name === '__proto__') this.#report('wrong-key', 'a key must be plain text', place);
      else if (name === '<<')
        this.#report('wrong-key', "merge keys ('<<') are not part of YAML 1.2", place, 'use variants, or write the keys out');
      else if (entries.has(name))
        this.#report('duplicate-key', `key '${name}' is written twice in this map`, place, 'remove one of the two');
      else entries.set(name, { key: place, node });
    }
    return { type: 'map', span, entries };
  }

  #readScalar(node: YamlScalar | undefined, span: Span): Node {
    const value: unknown = node?.value ?? null;
    const plain = node === undefined || node.type === 'PLAIN' || node.type === undefined;
    const known = value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    return { type: 'scalar', span, value: known ? value : String(value), plain };
  }
}

function spanOf(node: ParsedNode | null, otherwise: Span): Span {
  const range = node?.range;
  return range ? { start: range[0], end: Math.max(range[0], range[1]) } : otherwise;
}

/** Reports the parser's own complaints; true where what it read can still be trusted. */
function reportErrors(document: Document.Parsed, report: Report): boolean {
  for (const { code, message, pos } of [...document.errors, ...document.warnings]) {
    report(`yaml-${code.toLowerCase().replaceAll('_', '-')}`, message, { start: pos[0], end: pos[1] });
  }
  return document.errors.every(({ code }) => HARMLESS_ERRORS.has(code));
}

/** Reads a source into its tree; undefined, with everything reported, where there is no tree to go on with. */
export function readYaml(source: Source, report: Report): MapNode | undefined {
  const whole: Span = { start: 0, end: 1 };
  if (source.text.length > SOURCE_LENGTH_MAX) {
    report('too-large', `the file has ${source.text.length} characters; the limit is ${SOURCE_LENGTH_MAX}`, whole);
    return undefined;
  }
  const tokens = [...new Parser().parse(source.text)];
  const deep = tooDeep(tokens);
  if (deep !== undefined) {
    report('too-deep', `maps and lists are nested deeper than ${DEPTH_MAX} levels`, { start: deep, end: deep + 1 });
    return undefined;
  }
  const options = { schema: 'core', uniqueKeys: false, prettyErrors: false, merge: false, strict: true } as const;
  const [document, second] = [...new Composer<ParsedNode>(options).compose(tokens, true, source.text.length)];
  if (document === undefined || !reportErrors(document, report)) return undefined;
  if (second?.contents)
    report(
      'second-document',
      'a file holds one experiment; this begins another',
      spanOf(second.contents, whole),
      'put it into a file of its own',
    );
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
    report('empty', 'the file is empty', whole, 'an experiment begins with its title: …');
    return undefined;
  }
  const root = new TreeReader(report).read(document.contents, whole, 0);
  if (root.type === 'map') return root;
  report(
    'wrong-type',
    `an experiment is a map, not ${root.type === 'list' ? 'a list' : 'a single value'}`,
    root.span,
    'an experiment begins with its title: …',
  );
  return undefined;
}
