/** What `--baseline` names: a run or a set, by its id, its folder, or the file in it. */
import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { EXIT, FiredrillError } from '../../failure.ts';
import { JOURNAL_FILE } from '../../journal/reader.ts';
import { runsFolder } from '../../journal/run-directory.ts';
import { readSetRecord, SET_FILE, setsFolder } from './set-record.ts';

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** Absolute directories of the runs. Throws FiredrillError (command line wrong) where there is no such run. */
export async function storedRuns(workingFolder: string, name: string): Promise<readonly string[]> {
  const path = resolve(workingFolder, name);
  const folder = basename(path) === JOURNAL_FILE || basename(path) === SET_FILE ? dirname(path) : path;
  for (const directory of [join(runsFolder(workingFolder), name), join(setsFolder(workingFolder), name), folder]) {
    if (await isFile(join(directory, JOURNAL_FILE))) return [directory];
    const record = await readSetRecord(directory);
    if (record) return record.runs.map((run) => resolve(directory, run.directory));
  }
  throw new FiredrillError('baseline-missing', `There is no run or set '${name}' to compare with.`, {
    hint: 'Name one of .firedrill/runs or .firedrill/sets, its folder, or its journal.ndjson.',
    exitCode: EXIT.usageWrong,
  });
}
