/** What ties the runs of a set together: `.firedrill/sets/<id>/set.json`, written anew after each run, so that a set that was cut short can be judged too. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { EXIT, FiredrillError } from '../../failure.ts';
import { diskError } from '../../journal/disk-error.ts';

const MISSING_KINDS = ['stopped', 'inconclusive'] as const;

const setRecord = z.strictObject({
  format: z.literal('firedrill-set-record/1'),
  setId: z.string(),
  file: z.string(),
  seed: z.number(),
  /** Runs in their order; directories are seen from the set's. `exitCode` is what it ended with. */
  runs: z.array(z.strictObject({ variant: z.string(), directory: z.string(), exitCode: z.int() })),
  /** Directories of the stored runs that are compared with. */
  stored: z.array(z.string()),
  /** Why runs that were asked for are missing. */
  missing: z.strictObject({ kind: z.enum(MISSING_KINDS), text: z.string() }).optional(),
});
export type SetRecord = z.output<typeof setRecord>;

/** The record's file in a set's folder. */
export const SET_FILE = 'set.json';

/** The folder of sets of a working folder. */
export function setsFolder(workingFolder: string): string {
  return join(workingFolder, '.firedrill', 'sets');
}

/** Writes the record in one step. Throws FiredrillError where the disk does not take it. */
export async function writeSetRecord(directory: string, record: SetRecord): Promise<void> {
  const path = join(directory, SET_FILE);
  try {
    await writeFile(`${path}.new`, `${JSON.stringify(record, null, 2)}\n`);
    await rename(`${path}.new`, path);
  } catch (cause) {
    throw diskError(directory, cause);
  }
}

/** The record of a set's folder; undefined where it holds none. Throws FiredrillError where it makes no sense. */
export async function readSetRecord(directory: string): Promise<SetRecord | undefined> {
  const path = join(directory, SET_FILE);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const parsed = setRecord.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new FiredrillError('set-unreadable', `${path} is no record of a set: ${parsed.error.issues[0]?.message ?? ''}`, {
    exitCode: EXIT.usageWrong,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
