/** `Element` of `k6/html`: one node of a page, with the DOM's words as functions. */
import type { AnyNode, Element as ElementNode } from 'domhandler';
import { parseUrl, resolveUrl, urlText } from '../http/url.ts';
import { attributeOf, childrenOf, descendants, fieldValue, innerHtml, isElement, outerHtml, textOf } from './nodes.ts';
import { type Page, Selection } from './selection.ts';

export interface Attribute {
  readonly name: string;
  readonly value: string;
  readonly ownerElement: Element;
}

const NODE_TYPES: Readonly<Record<string, number>> = { text: 3, comment: 8, root: 9, directive: 10 };
const ELEMENT_NODE = 1;
const HTML_NAMESPACE = 'http://www.w3.org/1999/xhtml';

export class Element {
  readonly #page: Page;
  readonly #node: AnyNode;

  constructor(page: Page, node: AnyNode) {
    this.#page = page;
    this.#node = node;
  }

  selection(): Selection {
    return new Selection(this.#page, this.#page.query([this.#node]));
  }

  attributes(): Record<string, Attribute> {
    const all = isElement(this.#node) ? Object.entries(this.#node.attribs) : [];
    return Object.fromEntries(all.map(([name, value]) => [name, { name, value, ownerElement: this }]));
  }

  getAttribute(name: string): string | undefined {
    return attributeOf(this.#node, String(name).toLowerCase());
  }

  getAttributeNode(name: string): Attribute | undefined {
    return this.attributes()[String(name).toLowerCase()];
  }

  hasAttribute(name: string): boolean {
    return this.getAttribute(name) !== undefined;
  }

  hasAttributes(): boolean {
    return Object.keys(this.attributes()).length > 0;
  }

  id(): string {
    return this.getAttribute('id') ?? '';
  }

  className(): string | undefined {
    return this.getAttribute('class');
  }

  classList(): string[] {
    return (this.className() ?? '').split(/\s+/).filter((name) => name !== '');
  }

  lang(): string | undefined {
    return this.getAttribute('lang');
  }

  childNodes(): Element[] {
    return this.#all(childrenOf(this.#node));
  }

  children(): Element[] {
    return this.#all(childrenOf(this.#node).filter(isElement));
  }

  childElementCount(): number {
    return childrenOf(this.#node).filter(isElement).length;
  }

  hasChildNodes(): boolean {
    return childrenOf(this.#node).length > 0;
  }

  firstChild(): Element | undefined {
    return this.#one(childrenOf(this.#node)[0]);
  }

  lastChild(): Element | undefined {
    return this.#one(childrenOf(this.#node).at(-1));
  }

  firstElementChild(): Element | undefined {
    return this.#one(childrenOf(this.#node).find(isElement));
  }

  lastElementChild(): Element | undefined {
    return this.#one(childrenOf(this.#node).findLast(isElement));
  }

  nextSibling(): Element | undefined {
    return this.#one(this.#node.next);
  }

  previousSibling(): Element | undefined {
    return this.#one(this.#node.prev);
  }

  nextElementSibling(): Element | undefined {
    return this.#one(sibling(this.#node, (node) => node.next));
  }

  previousElementSibling(): Element | undefined {
    return this.#one(sibling(this.#node, (node) => node.prev));
  }

  parentNode(): Element | undefined {
    return this.#one(this.#node.parent);
  }

  parentElement(): Element | undefined {
    return isElement(this.#node.parent) ? this.#one(this.#node.parent) : undefined;
  }

  ownerDocument(): Element | undefined {
    return this.#one(this.#page.query.root()[0]);
  }

  getElementsByClassName(name: string): Element[] {
    const wanted = String(name)
      .split(/\s+/)
      .filter((each) => each !== '');
    return this.#all(descendants(this.#node)).filter(
      (element) => wanted.length > 0 && wanted.every((each) => element.classList().includes(each)),
    );
  }

  getElementsByTagName(name: string): Element[] {
    const wanted = String(name).toLowerCase();
    return this.#all(descendants(this.#node).filter((node) => wanted === '*' || node.name === wanted));
  }

  querySelector(selector: string): Element | undefined {
    return this.querySelectorAll(selector)[0];
  }

  querySelectorAll(selector: string): Element[] {
    return this.#all(this.#page.query([this.#node]).find(selector).toArray());
  }

  matches(selector: string): boolean {
    return this.#page.query([this.#node]).is(selector);
  }

  contains(element: Element): boolean {
    for (let node: AnyNode | null = element.#node; node; node = node.parent) if (node === this.#node) return true;
    return false;
  }

  isSameNode(element: Element): boolean {
    return element.#node === this.#node;
  }

  isEqualNode(element: Element): boolean {
    return outerHtml(element.#node) === outerHtml(this.#node);
  }

  nodeName(): string {
    if (isElement(this.#node)) return this.#node.name;
    return this.#node.type === 'root' ? '#document' : `#${this.#node.type}`;
  }

  nodeType(): number | undefined {
    return isElement(this.#node) ? ELEMENT_NODE : NODE_TYPES[this.#node.type];
  }

  nodeValue(): string | undefined {
    return 'data' in this.#node && !isElement(this.#node) ? this.#node.data : undefined;
  }

  namespaceURI(): string {
    return isElement(this.#node) ? (this.#node.namespace ?? '') : '';
  }

  isDefaultNamespace(): boolean {
    return this.namespaceURI() === HTML_NAMESPACE;
  }

  innerHTML(): string | undefined {
    return innerHtml(this.#node);
  }

  textContent(): string {
    return textOf(this.#node);
  }

  toString(): string {
    return `[object html.${isElement(this.#node) ? 'Element' : 'Node'}]`;
  }

  /** Of a field or an option. */
  value(): string | readonly string[] | undefined {
    return fieldValue(this.#node);
  }

  name(): string | undefined {
    return this.getAttribute('name');
  }

  type(): string | undefined {
    return this.getAttribute('type');
  }

  method(): string {
    return (this.getAttribute('method') ?? 'get').toLowerCase();
  }

  checked(): boolean {
    return this.hasAttribute('checked');
  }

  disabled(): boolean {
    return this.hasAttribute('disabled');
  }

  selected(): boolean {
    return this.hasAttribute('selected');
  }

  /** Absolute where the page has a URL. */
  href(): string | undefined {
    return this.#link('href');
  }

  src(): string | undefined {
    return this.#link('src');
  }

  action(): string | undefined {
    return this.#link('action');
  }

  #link(attribute: string): string | undefined {
    const reference = this.getAttribute(attribute);
    const base = parseUrl(this.#page.url);
    const url = base && reference !== undefined ? resolveUrl(base, reference) : undefined;
    return url ? urlText(url) : reference;
  }

  #one(node: AnyNode | null | undefined): Element | undefined {
    return node ? new Element(this.#page, node) : undefined;
  }

  #all(nodes: readonly AnyNode[]): Element[] {
    return nodes.map((node) => new Element(this.#page, node));
  }
}

function sibling(node: AnyNode, step: (node: AnyNode) => AnyNode | null): ElementNode | undefined {
  for (let next = step(node); next; next = step(next)) if (isElement(next)) return next;
  return undefined;
}
