/** Checks of the files that a load names: that they are there, not too large, and hold what they should. */
import { BODY_BYTES_MAX, DATA_BYTES_MAX, readTable } from '../data-table.ts';
import { requestsOf } from '../load-names.ts';
import { formatBytes } from '../size.ts';
import { at, entriesOf, type Node, textOf } from '../tree.ts';
import type { CheckContext } from './context.ts';
import type { Columns } from './load-names.ts';

/** Reads each data file once and tells its columns; those that cannot be read are reported. */
export function checkDataFiles(context: CheckContext, scenario: Node): Columns {
  const columns = new Map<string, readonly string[] | undefined>();
  for (const [name, { node }] of entriesOf(at(scenario, 'data'))) {
    for (const kind of ['csv', 'json'] as const) {
      const place = at(node, kind);
      const path = textOf(place);
      if (place === undefined || path === undefined) continue;
      columns.set(name, undefined);
      if (context.files === undefined) continue;
      const content = context.files.read(path, DATA_BYTES_MAX);
      if (!content.ok) {
        context.report('data-file', content.message, place.span, content.hint);
        continue;
      }
      const read = readTable(kind, new TextDecoder().decode(content.bytes));
      if (read.ok) columns.set(name, read.table.columns);
      else context.report('data-file', `${path} ${read.message}`, place.span, read.hint);
    }
  }
  return columns;
}

/** Bodies have a limit wherever they come from. */
export function checkBodyFiles(context: CheckContext, scenario: Node): void {
  for (const request of requestsOf(scenario)) {
    const place = at(request, 'body-file');
    const path = textOf(place);
    if (place !== undefined && path !== undefined) {
      const content = context.files?.read(path, BODY_BYTES_MAX);
      if (content?.ok === false) context.report('body-file', content.message, place.span, content.hint);
    }
    const body = at(request, 'body');
    const length = Buffer.byteLength(textOf(body) ?? '');
    if (body && length > BODY_BYTES_MAX) {
      const message = `the body has ${formatBytes(length)}; the limit is ${formatBytes(BODY_BYTES_MAX)}`;
      context.report('too-large', message, body.span, 'send less');
    }
  }
}
