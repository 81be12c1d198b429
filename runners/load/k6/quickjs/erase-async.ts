/** Makes code that waits into code that blocks: `async` and `await` are taken out, the rest stays as it is. */
import { type AnyNode, parse } from 'acorn';
import MagicString from 'magic-string';
import { childrenOf, isFunction } from '../transform/syntax.ts';

/** Throws on `for await`, which has no counterpart that blocks. */
export function eraseAsync(code: string): string {
  const text = new MagicString(code);
  const open: AnyNode[] = [parse(code, { ecmaVersion: 'latest', sourceType: 'script' })];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    erase(text, code, node);
    open.push(...childrenOf(node));
  }
  return text.toString();
}

function erase(text: MagicString, code: string, node: AnyNode): void {
  if (node.type === 'ForOfStatement' && node.await) throw new Error('for await cannot be made to block');
  if (node.type === 'AwaitExpression') text.remove(node.start, node.argument.start);
  if (isFunction(node) && node.async && code.startsWith('async', node.start)) text.remove(node.start, node.start + 'async'.length);
  if ((node.type === 'MethodDefinition' || node.type === 'Property') && isFunction(node.value) && node.value.async) {
    const word = /(?:^|\s)async(?![\w$])/.exec(code.slice(node.start, node.key.start));
    if (word && !code.startsWith('async', node.value.start)) text.remove(node.start + word.index, node.start + word.index + word[0].length);
  }
}
