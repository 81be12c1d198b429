/** `firedrill report`: judges a recorded run or set anew, from its journals alone, and writes its reports. */
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { renderJson } from '../../../reports/json.ts';
import { EXIT, type ExitCode, FiredrillError } from '../../failure.ts';
import { JOURNAL_FILE } from '../../journal/reader.ts';
import { runsFolder } from '../../journal/run-directory.ts';
import type { CliIo } from '../io.ts';
import { readSetRecord, setsFolder } from '../set/set-record.ts';
import { writeSetReports } from '../set/write-set-reports.ts';
import { writeReports } from '../write-reports.ts';

export async function report(io: CliIo, run: string, options: { readonly json: boolean }): Promise<ExitCode> {
  const candidates = [join(runsFolder(io.workingDirectory), run), resolve(io.workingDirectory, run)];
  for (const directory of candidates) {
    if (!(await stat(join(directory, JOURNAL_FILE)).catch(() => undefined))) continue;
    const judged = await writeReports(io, directory, { quiet: options.json });
    if (options.json) io.stdout.write(renderJson(judged.report));
    if (judged.unwritten !== undefined) throw judged.unwritten;
    return judged.exitCode;
  }
  for (const directory of [join(setsFolder(io.workingDirectory), run), resolve(io.workingDirectory, run)]) {
    const record = await readSetRecord(directory);
    if (record) return (await writeSetReports(io, directory, record, { quiet: options.json })).exitCode;
  }
  throw new FiredrillError('run-missing', `There is no run '${run}'.`, {
    hint: 'Name a run of .firedrill/runs or a set of .firedrill/sets, or the folder of one.',
    exitCode: EXIT.usageWrong,
  });
}
