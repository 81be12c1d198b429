/** Files that a load needs in memory: rows of data, and bodies. Read once a process, unless they change. */
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { BODY_BYTES_MAX, DATA_BYTES_MAX, type DataTable, readTable } from '../../../experiments/language/data-table.ts';
import type { FileContent } from '../../../experiments/language/files.ts';
import { formatBytes } from '../../../experiments/language/size.ts';
import { EXIT, FiredrillError } from '../../failure.ts';

const tables = new Map<string, { readonly stamp: string; readonly table: DataTable }>();

/** All of a file, within a limit; `shown` is how messages name it. */
export function readLimited(path: string, bytesMax: number, shown = path): FileContent {
  try {
    const found = statSync(path);
    if (!found.isFile()) return { ok: false, message: `${shown} is no file`, hint: 'name a file, from the folder of the experiment' };
    if (found.size > bytesMax) {
      const message = `${shown} has ${formatBytes(found.size)}; the limit is ${formatBytes(bytesMax)}`;
      return { ok: false, message, hint: 'use a smaller file' };
    }
    if (found.size === 0) return { ok: false, message: `${shown} is empty`, hint: 'put something into it' };
    return { ok: true, bytes: readFileSync(path) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const message = code === 'ENOENT' ? `there is no file ${shown}` : `${shown} cannot be read: ${String(code ?? error)}`;
    return { ok: false, message, hint: 'paths count from the folder of the experiment' };
  }
}

function refuse(message: string, hint: string): never {
  throw new FiredrillError('load.data', message, { hint, exitCode: EXIT.experimentWrong });
}

/** The rows of a file. Throws FiredrillError `load.data` where it cannot be read. */
export function dataTable(kind: 'csv' | 'json', path: string): DataTable {
  const content = readLimited(path, DATA_BYTES_MAX);
  if (!content.ok) return refuse(content.message, content.hint);
  const { mtimeMs, size } = statSync(path);
  const stamp = `${kind} ${mtimeMs} ${size}`;
  const known = tables.get(path);
  if (known?.stamp === stamp) return known.table;
  const read = readTable(kind, new TextDecoder().decode(content.bytes));
  if (!read.ok) return refuse(`${basename(path)} ${read.message}`, read.hint);
  tables.set(path, { stamp, table: read.table });
  return read.table;
}

/** A body that is sent as it is. Throws FiredrillError `load.data` where it cannot be read. */
export function bodyFile(path: string): Uint8Array {
  const content = readLimited(path, BODY_BYTES_MAX);
  return content.ok ? content.bytes : refuse(content.message, content.hint);
}
