/** What a failed write means: a full disk, or a place that cannot be written to; either way nothing may be touched. */
import { EXIT, FiredrillError } from '../failure.ts';

const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** FiredrillError `disk-full` or `journal-unwritable`, both with exit code 7; an error that is one already stays as it is. */
export function diskError(path: string, cause: unknown): FiredrillError {
  if (cause instanceof FiredrillError) return cause;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  if (code !== undefined && FULL.has(code)) {
    return new FiredrillError('disk-full', `the disk under ${path} is full (${code})`, {
      hint: `Make room there; see what is taken with: df -h '${path}'`,
      exitCode: EXIT.groundUnfit,
      cause,
    });
  }
  return new FiredrillError('journal-unwritable', `${path} cannot be written to (${code ?? String(cause)})`, {
    hint: 'Run firedrill where you may write, or choose another folder.',
    exitCode: EXIT.groundUnfit,
    cause,
  });
}
