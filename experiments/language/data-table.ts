/** Rows of a CSV or JSON file, for `${name.column}` in requests. Pure: takes the text, and says what is wrong with it by its line. */
import { CsvError, parse } from 'csv-parse/sync';

/** Of one file; it is read once and kept in memory. */
export const DATA_BYTES_MAX = 64 * 1024 * 1024;
export const ROWS_MAX = 1_000_000;
/** A body that is sent from a file; it is kept in memory. */
export const BODY_BYTES_MAX = 16 * 1024 * 1024;

/** A list of plain values has one column, without a name. */
export interface DataTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface DataProblem {
  readonly message: string;
  readonly hint: string;
}

export type DataRead = { readonly ok: true; readonly table: DataTable } | ({ readonly ok: false } & DataProblem);

function wrong(message: string, hint: string): DataRead {
  return { ok: false, message, hint };
}

/** Reads the text of a file of that kind. */
export function readTable(kind: 'csv' | 'json', text: string): DataRead {
  const read = kind === 'csv' ? readCsv(text) : readJson(text);
  if (!read.ok || read.table.rows.length <= ROWS_MAX) return read;
  return wrong(`has more than ${ROWS_MAX} rows`, 'split it, or use fewer');
}

/** The place of a column; without a name, of the only one. Undefined where there is none. */
export function columnOf({ columns }: DataTable, name: string): number | undefined {
  const found = name === '' && columns.length === 1 ? 0 : columns.indexOf(name);
  return found === -1 ? undefined : found;
}

function readCsv(text: string): DataRead {
  let records: readonly (readonly string[])[];
  try {
    records = parse(text, { bom: true, skip_empty_lines: true, to: ROWS_MAX + 2 });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return wrong(`is not CSV: ${error.message}`, 'give every row as many columns as the first, and close every quote');
  }
  const [columns, ...rows] = records;
  if (!columns) return wrong('is empty', 'its first line names the columns: email,password');
  const twice = columns.find((column, index) => column.trim() === '' || columns.indexOf(column) !== index);
  if (twice !== undefined) {
    const what = twice.trim() === '' ? 'a column without a name' : `two columns named '${twice}'`;
    return wrong(`has ${what} in its first line`, 'its first line names the columns, each once');
  }
  if (rows.length === 0) return wrong('has the names of its columns and no row', 'add rows below the first line');
  return { ok: true, table: { columns, rows } };
}

type Flat = Readonly<Record<string, string>>;

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Maps within maps become keys with dots. */
function flatten(map: Readonly<Record<string, unknown>>, prefix = ''): Flat {
  const entries = Object.entries(map).flatMap(([key, value]) =>
    isMap(value) ? Object.entries(flatten(value, `${prefix}${key}.`)) : [[`${prefix}${key}`, textOf(value)] as const],
  );
  return Object.fromEntries(entries);
}

function readJson(text: string): DataRead {
  let data: unknown;
  try {
    data = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    return wrong(`is not JSON: ${error instanceof Error ? error.message : String(error)}`, 'it must be a list: [{"email": "a@b.c"}, …]');
  }
  if (!Array.isArray(data)) return wrong('is no list', 'it must be a list: [{"email": "a@b.c"}, …]');
  const items: readonly unknown[] = data;
  const [first] = items;
  if (first === undefined) return wrong('is empty', 'it must hold at least one item');
  if (!isMap(first)) return { ok: true, table: { columns: [''], rows: items.map((item) => [textOf(item)]) } };
  const columns = Object.keys(flatten(first));
  const rows: string[][] = [];
  for (const [index, item] of items.entries()) {
    const flat = isMap(item) ? flatten(item) : {};
    const lacking = columns.find((column) => flat[column] === undefined);
    if (lacking !== undefined) return wrong(`item ${index + 1} has no '${lacking}', which the first has`, 'give every item the same keys');
    rows.push(columns.map((column) => flat[column] ?? ''));
  }
  return { ok: true, table: { columns, rows } };
}
