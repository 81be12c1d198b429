/** What is asked of a database, whichever it is, and how its first row is read. */
import { systemFailed } from './failure-reading.ts';
import type { Reading } from './probe.ts';
import { toValue } from './reading-value.ts';

export interface SqlQuestion {
  readonly query: string;
  /** The file's own address; the target's where there is none. */
  readonly url: string | undefined;
  /** What is left out is as the database has it by default. */
  readonly port: number | undefined;
  readonly user: string | undefined;
  readonly database: string | undefined;
  readonly password: string | undefined;
}

/** The first column of the first row. */
export function rowReading(row: readonly unknown[] | undefined): Reading {
  return row === undefined ? systemFailed('no row') : { status: 'ok', value: toValue(row[0]) };
}
