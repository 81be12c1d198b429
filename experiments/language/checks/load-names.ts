/** Checks of `${name}` in requests: that there is such data, with such a column, or that an earlier step of the same chain extracts it. */
import { suggest } from '../closest.ts';
import { iterationsOf, namedIn, namesOf, OWN_NUMBERS, PLACEHOLDER_NAME } from '../load-names.ts';
import { at, keysOf, type Node, textOf } from '../tree.ts';
import type { CheckContext } from './context.ts';

/** The columns of a scenario's data files, by the name of the data; undefined where nobody could read them. */
export type Columns = ReadonlyMap<string, readonly string[] | undefined>;

/** Data without columns. */
const PLAIN: readonly string[] = [''];

function* textsIn(node: Node): Generator<Node> {
  if (node.type === 'scalar') yield node;
  else if (node.type === 'list') for (const item of node.items) yield* textsIn(item);
  else for (const { node: inner } of node.entries.values()) yield* textsIn(inner);
}

interface Known {
  readonly names: ReadonlySet<string>;
  readonly columns: Columns;
  /** Names that have a value somewhere in the scenario. */
  readonly all: ReadonlySet<string>;
}

function checkPlaceholder(context: CheckContext, placeholder: string, place: Node, { names, columns, all }: Known): void {
  const named = namedIn(placeholder, names);
  // What is no name at all was escaped, and is sent as it is.
  if (!named && !namedIn(placeholder, all)) return;
  if (!named) {
    const hint = `extract it in an earlier step of the same chain, or write data: {${placeholder}: …}`;
    context.report('unknown-name', `\${${placeholder}} has no value here`, place.span, hint);
    return;
  }
  const { name, column } = named;
  const there = columns.has(name) ? columns.get(name) : PLAIN;
  if (!there || there.includes(column) || (column === '' && there.length === 1)) return;
  const message = column === '' ? `'${name}' has several columns` : `'${name}' has no column '${column}'`;
  const hint = there === PLAIN ? `write \${${name}}` : column === '' ? `write \${${name}.${there[0]}}` : suggest(column, there);
  context.report('unknown-name', message, place.span, hint);
}

/** Checks the steps in order, since a step may use what those before it extract. */
export function checkPlaceholders(context: CheckContext, scenario: Node, columns: Columns): void {
  const data = keysOf(at(scenario, 'data'));
  const all = namesOf(scenario);
  for (const steps of iterationsOf(scenario)) {
    const names = new Set([...data, ...OWN_NUMBERS]);
    for (const step of steps) {
      for (const text of textsIn(step)) {
        for (const [, placeholder = ''] of (textOf(text) ?? '').matchAll(PLACEHOLDER_NAME)) {
          checkPlaceholder(context, placeholder, text, { names, columns, all });
        }
      }
      for (const name of keysOf(at(step, 'extract'))) names.add(name);
    }
  }
}
