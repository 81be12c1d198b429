/** `Selection` of `k6/html`: nodes of a page with jQuery's ways to find others. Pages are read, never changed. */
import type { Cheerio, CheerioAPI } from 'cheerio/slim';
import type { AnyNode, Element as ElementNode } from 'domhandler';
import { encodeForm } from '../http/form.ts';
import { Element } from './element.ts';
import { type FormField, fieldsOf } from './fields.ts';
import { attributeOf, fieldValue, innerHtml, isElement, textOf } from './nodes.ts';

/** A page, and where it is from: what its links are relative to. */
export interface Page {
  readonly query: CheerioAPI;
  readonly url: string;
}

/** Which elements: a CSS selector, a test, or a selection. */
export type Criterion = string | Selection | ((index: number, selection: Selection) => unknown);

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

  each(callback: (index: number, element: Element) => unknown): this {
    for (const [index, node] of this.#nodes.toArray().entries()) callback(index, new Element(this.#page, node));
    return this;
  }

  eq(index: number): Selection {
    return this.#of(this.#nodes.eq(index));
  }

  filter(criterion: Criterion): Selection {
    return this.#of(this.#select(this.#passing(criterion)));
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

  is(criterion: Criterion): boolean {
    return this.#passing(criterion).length > 0;
  }

  last(): Selection {
    return this.#of(this.#nodes.last());
  }

  map(callback: (index: number, selection: Selection) => unknown): unknown[] {
    return this.toArray().map((each, index) => callback(index, each));
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

  not(criterion: Criterion): Selection {
    const passing = new Set(this.#passing(criterion));
    return this.#of(this.#select(this.#nodes.toArray().filter((node) => !passing.has(node))));
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

  #passing(criterion: Criterion): AnyNode[] {
    if (typeof criterion === 'string') return this.#nodes.filter(criterion).toArray();
    const nodes = this.#nodes.toArray();
    if (criterion instanceof Selection) {
      const wanted = new Set(criterion.#nodes.toArray());
      return nodes.filter((node) => wanted.has(node));
    }
    return nodes.filter((node, index) => Boolean(criterion(index, this.#of(this.#select([node])))));
  }

  #limit(until: string | Selection | undefined): string | Cheerio<ElementNode> | undefined {
    return until instanceof Selection ? until.#page.query(until.#nodes.toArray().filter(isElement)) : until;
  }
}
