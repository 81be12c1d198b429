/** The exit code of a run that something went wrong in. Pure. */
import type { Report } from '../../reports/report.ts';
import { EXIT, type ExitCode } from '../failure.ts';
import { failureWords } from './failure-words.ts';

/** `exitCode`: by the journal alone. It stands, unless the disk took not even the run's end. */
export function exitCodeOfRun(
  { exitCode, report }: { readonly exitCode: ExitCode; readonly report: Pick<Report, 'complete' | 'faults'> },
  failure: unknown,
): ExitCode {
  if (failure === undefined || report.complete || exitCode === EXIT.notUndone) return exitCode;
  const own = failureWords(failure).exitCode;
  const untouched = report.faults.every(({ state }) => state === 'not-injected');
  return untouched || own === EXIT.bug ? own : exitCode;
}
