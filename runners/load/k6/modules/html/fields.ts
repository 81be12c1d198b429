/** The fields that a form would send (HTML, 4.10.21.4), without its buttons and files, as jQuery's `serializeArray` gives them. */
import type { AnyNode } from 'domhandler';
import { attributeOf, descendants, fieldValue, isElement } from './nodes.ts';

export interface FormField {
  readonly name: string;
  readonly value: string;
}

const FIELDS: ReadonlySet<string> = new Set(['input', 'select', 'textarea', 'keygen']);
const NEVER_SENT: ReadonlySet<string> = new Set(['submit', 'button', 'image', 'reset', 'file']);

/** Of forms, and of single fields among the nodes. */
export function fieldsOf(nodes: readonly AnyNode[]): FormField[] {
  return nodes
    .flatMap((node) => (isElement(node) && FIELDS.has(node.name) ? [node] : descendants(node).filter(({ name }) => FIELDS.has(name))))
    .filter(isSent)
    .flatMap((node) => {
      const value = fieldValue(node) ?? '';
      const values = typeof value === 'string' ? [value] : value;
      return values.map((each) => ({ name: attributeOf(node, 'name') ?? '', value: each.replace(/\r?\n/g, '\r\n') }));
    });
}

function isSent(node: AnyNode): boolean {
  const type = attributeOf(node, 'type')?.toLowerCase() ?? '';
  const named = (attributeOf(node, 'name') ?? '') !== '';
  const chosen = (type !== 'checkbox' && type !== 'radio') || attributeOf(node, 'checked') !== undefined;
  return named && chosen && !NEVER_SENT.has(type) && !isDisabled(node);
}

/** By itself, or by a fieldset around it. */
function isDisabled(node: AnyNode): boolean {
  if (attributeOf(node, 'disabled') !== undefined) return true;
  for (let parent = node.parent; parent; parent = parent.parent) {
    if (isElement(parent) && parent.name === 'fieldset' && attributeOf(parent, 'disabled') !== undefined) return true;
  }
  return false;
}
