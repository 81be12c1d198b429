/** `Selection` of `k6/html`: nodes of a page with jQuery's ways to find others. Pages are read, never changed. */
import type { Cheerio, CheerioAPI } from 'cheerio/slim';
import type { AnyNode, Element as ElementNode } from 'domhandler';
import { encodeForm } from '../http/form.ts';
import { afterTurns, inTurn } from '../in-turn.ts';
import { Element } from './element.ts';
import { type FormField, fieldsOf } from './fields.ts';
import { attributeOf, fieldValue, innerHtml, isElement, textOf } from './nodes.ts';

/** A page, and where it is from: what its links are relative to. */
export interface Page {
  readonly query: CheerioAPI;
  readonly url: string;
}

/** Whether an element is meant; one that blocks gives a promise, and so do those that ask it. */
export type Tester = (index: number, selection: Selection) => unknown;

export class Selection {
  readonly #page: Page;
  readonly #nodes: Cheerio<AnyNode>;

  constructor(page: Page, nodes: Cheerio<AnyNode>) {
    this.#page = page;
    this.#nodes = nodes;
  }

  /** Of the first element; `otherwise` where it has no such attribute. */
  attr(name: string, otherwise?: string): string | undefined {
    const [first] = this.#nodes;
    return (first && attributeOf(first, String(name).toLowerCase())) ?? otherwise;
  }

  children(selector?: string): Selection {
    return this.#of(this.#nodes.children(selector));
  }

  closest(selector: string): Selection {
    return this.#of(this.#nodes.closest(selector));
  }

  /** Text and comments included. */
  contents(): Selection {
    return this.#of(this.#nodes.contents());
  }

  /** One `data-` attribute, or all of them, with numbers, truths and JSON read. */
  data(key?: string): unknown {
    return key === undefined ? this.#nodes.data() : this.#nodes.data(key);
  }

  /** A promise only where the callback gives one; so for `map`, `filter`, `is` and `not`. */
  each(callback: (index: number, element: Element) => unknown): this | Promise<this> {
    const given = inTurn(this.#nodes.toArray(), (node, index) => callback(index, new Element(this.#page, node)));
    return afterTurns(given, () => this);
  }

  eq(index: number): Selection {
    return this.#of(this.#nodes.eq(index));
  }

  filter(criterion: string | Selection): Selection;
  filter(criterion: Tester): Selection | Promise<Selection>;
  filter(criterion: string | Selection | Tester): Selection | Promise<Selection> {
    return this.#passing(criterion, (nodes) => this.#of(this.#select(nodes)));
  }

  find(selector: string): Selection {
    return this.#of(this.#nodes.find(selector));
  }

  first(): Selection {
    return this.#of(this.#nodes.first());
  }

  /** Of one place, from the end where it is negative; without a place, all. */
  get(index?: number): Element | Element[] | undefined {
    const elements = this.#nodes.toArray().map((node) => new Element(this.#page, node));
    return index === undefined ? elements : elements.at(index);
  }

  has(selector: string): Selection {
    return this.#of(this.#nodes.has(selector));
  }

  html(): string | undefined {
    const [first] = this.#nodes;
    return first && innerHtml(first);
  }

  is(criterion: string | Selection): boolean;
  is(criterion: Tester): boolean | Promise<boolean>;
  is(criterion: string | Selection | Tester): boolean | Promise<boolean> {
    return this.#passing(criterion, (nodes) => nodes.length > 0);
  }

  last(): Selection {
    return this.#of(this.#nodes.last());
  }

  map(callback: (index: number, selection: Selection) => unknown): unknown[] | Promise<unknown[]> {
    return inTurn(this.toArray(), (each, index) => callback(index, each));
  }

  next(selector?: string): Selection {
    return this.#of(this.#nodes.next(selector));
  }

  nextAll(selector?: string): Selection {
    return this.#of(this.#nodes.nextAll(selector));
  }

  nextUntil(until?: string | Selection, selector?: string): Selection {
    return this.#of(this.#nodes.nextUntil(this.#limit(until), selector));
  }

  not(criterion: string | Selection): Selection;
  not(criterion: Tester): Selection | Promise<Selection>;
  not(criterion: string | Selection | Tester): Selection | Promise<Selection> {
    return this.#passing(criterion, (nodes) => {
      const passing = new Set(nodes);
      return this.#of(this.#select(this.#nodes.toArray().filter((node) => !passing.has(node))));
    });
  }

  parent(selector?: string): Selection {
    return this.#of(this.#nodes.parent(selector));
  }

  parents(selector?: string): Selection {
    return this.#of(this.#nodes.parents(selector));
  }

  parentsUntil(until?: string | Selection, selector?: string): Selection {
    return this.#of(this.#nodes.parentsUntil(this.#limit(until), selector));
  }

  prev(selector?: string): Selection {
    return this.#of(this.#nodes.prev(selector));
  }

  prevAll(selector?: string): Selection {
    return this.#of(this.#nodes.prevAll(selector));
  }

  prevUntil(until?: string | Selection, selector?: string): Selection {
    return this.#of(this.#nodes.prevUntil(this.#limit(until), selector));
  }

  siblings(selector?: string): Selection {
    return this.#of(this.#nodes.siblings(selector));
  }

  serialize(): string {
    return encodeForm(this.serializeArray().map(({ name, value }) => [name, value]));
  }

  serializeArray(): FormField[] {
    return fieldsOf(this.#nodes.toArray());
  }

  /** Of fields with one name the last. */
  serializeObject(): Record<string, string> {
    return Object.fromEntries(this.serializeArray().map(({ name, value }) => [name, value]));
  }

  size(): number {
    return this.#nodes.length;
  }

  slice(start: number, end?: number): Selection {
    return this.#of(this.#nodes.slice(start, end));
  }

  text(): string {
    return this.#nodes.toArray().map(textOf).join('');
  }

  toArray(): Selection[] {
    return this.#nodes.toArray().map((node) => this.#of(this.#select([node])));
  }

  /** Of the first field; a list where several may be chosen. */
  val(): string | readonly string[] | undefined {
    const [first] = this.#nodes;
    return first && fieldValue(first);
  }

  #of(nodes: Cheerio<AnyNode>): Selection {
    return new Selection(this.#page, nodes);
  }

  #select(nodes: AnyNode[]): Cheerio<AnyNode> {
    return this.#page.query(nodes);
  }

  #passing<Result>(criterion: string | Selection | Tester, then: (nodes: AnyNode[]) => Result): Result | Promise<Result> {
    if (typeof criterion === 'string') return then(this.#nodes.filter(criterion).toArray());
    const nodes = this.#nodes.toArray();
    if (criterion instanceof Selection) {
      const wanted = new Set(criterion.#nodes.toArray());
      return then(nodes.filter((node) => wanted.has(node)));
    }
    const given = inTurn(nodes, (node, index) => criterion(index, this.#of(this.#select([node]))));
    return afterTurns(given, (values) => then(nodes.filter((_, index) => Boolean(values[index]))));
  }

  #limit(until: string | Selection | undefined): string | Cheerio<ElementNode> | undefined {
    return until instanceof Selection ? until.#page.query(until.#nodes.toArray().filter(isElement)) : until;
  }
}
