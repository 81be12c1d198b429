/** Nodes of a parsed page: their texts, their markup, and what their form fields hold. */
import type { AnyNode, Element as ElementNode } from 'domhandler';
import { serialize, serializeOuter } from 'parse5';
import { adapter } from 'parse5-htmlparser2-tree-adapter';

export function isElement(node: AnyNode | null | undefined): node is ElementNode {
  return node !== null && node !== undefined && 'attribs' in node && 'name' in node;
}

export function childrenOf(node: AnyNode): readonly AnyNode[] {
  return 'children' in node ? node.children : [];
}

/** The node and all below it, in the order of the page; not by recursion, since a page may be nested as deep as its server likes. */
function* withDescendants(node: AnyNode): Generator<AnyNode> {
  const left: AnyNode[] = [node];
  for (let next = left.pop(); next; next = left.pop()) {
    yield next;
    const children = childrenOf(next);
    for (let index = children.length - 1; index >= 0; index -= 1) {
      const child = children[index];
      if (child) left.push(child);
    }
  }
}

/** Of the node and all below it, without comments. */
export function textOf(node: AnyNode): string {
  let text = '';
  for (const each of withDescendants(node)) if (each.type === 'text') text += each.data;
  return text;
}

/** Undefined where the node can hold none. */
export function innerHtml(node: AnyNode): string | undefined {
  return 'children' in node ? serialize(node, { treeAdapter: adapter }) : undefined;
}

export function outerHtml(node: AnyNode): string {
  return serializeOuter(node, { treeAdapter: adapter });
}

export function attributeOf(node: AnyNode, name: string): string | undefined {
  return isElement(node) && Object.hasOwn(node.attribs, name) ? node.attribs[name] : undefined;
}

export function descendants(node: AnyNode): ElementNode[] {
  return [...withDescendants(node)].slice(1).filter(isElement);
}

/** What a field of a form would send: several for a list of which several may be chosen; undefined where it is no field. */
export function fieldValue(node: AnyNode): string | readonly string[] | undefined {
  if (!isElement(node)) return undefined;
  if (node.name === 'textarea') return textOf(node);
  if (node.name === 'option') return optionValue(node);
  if (node.name !== 'select') {
    const ticked = ['checkbox', 'radio'].includes(attributeOf(node, 'type')?.toLowerCase() ?? '');
    return attributeOf(node, 'value') ?? (ticked ? 'on' : undefined);
  }
  const options = descendants(node).filter(({ name }) => name === 'option');
  const chosen = options.filter((option) => attributeOf(option, 'selected') !== undefined);
  if (attributeOf(node, 'multiple') !== undefined) return chosen.map(optionValue);
  const one = chosen.at(-1) ?? options.find((option) => attributeOf(option, 'disabled') === undefined);
  return one ? optionValue(one) : undefined;
}

function optionValue(option: ElementNode): string {
  return attributeOf(option, 'value') ?? textOf(option).trim().replace(/\s+/g, ' ');
}
