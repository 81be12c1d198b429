/** What every check of references is given. Checks walk the raw tree, so that they also run on a file with other mistakes. */

import { suggest } from '../closest.ts';
import type { Kinds } from '../kind.ts';
import type { Report, Span } from '../source.ts';
import { type MapNode, type Node, textOf } from '../tree.ts';

export interface CheckContext {
  readonly root: MapNode;
  readonly kinds: Kinds;
  readonly report: Report;
}

/** Reports a name that is none of the known ones. Anything but text is the schema's to report. */
export function checkName(
  context: CheckContext,
  code: string,
  what: string,
  node: Node | undefined,
  known: readonly string[],
  place?: Span,
): void {
  const name = textOf(node);
  if (node === undefined || name === undefined || known.includes(name)) return;
  const hint = known.length === 0 ? undefined : suggest(name, known);
  context.report(code, `there is no ${what} '${name}'`, place ?? node.span, hint);
}
