/** What is said of a failure: one message with a hint, and the exit code that it means where nothing was touched. */
import { EXIT, type ExitCode, FiredrillError } from '../failure.ts';
import { isLostConnection } from './engine-outage.ts';

export interface FailureWords {
  /** Whole lines, for the standard error. */
  readonly text: string;
  readonly exitCode: ExitCode;
}

export function failureWords(error: unknown): FailureWords {
  if (error instanceof FiredrillError) return words(error.message, error.hint, error.exitCode);
  if (isLostConnection(error)) {
    return words(`The connection to the engine broke: ${error}`, 'See whether anything is left: firedrill sweep', EXIT.groundUnfit);
  }
  if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') {
    return words(`The disk is full: ${error}`, 'Free some room; what was recorded is judged by: firedrill report', EXIT.groundUnfit);
  }
  const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return words(`this is a bug of ours: ${said}`, undefined, EXIT.bug);
}

function words(message: string, hint: string | undefined, exitCode: ExitCode): FailureWords {
  return { text: `firedrill: ${message}\n${hint === undefined ? '' : `  hint: ${hint}\n`}`, exitCode };
}
