/** The one error class, and the exit codes of design.md. Wrong experiment files are values (problems), not errors. */

export const EXIT = {
  /** The system held. */
  passed: 0,
  /** An objective was broken. */
  failed: 1,
  /** Not enough evidence: no steady state, no proof, no data. */
  inconclusive: 2,
  /** The experiment file is wrong. */
  experimentWrong: 3,
  /** The command line is wrong. */
  usageWrong: 4,
  /** A person or a signal stopped it, and it is undone. */
  stopped: 5,
  /** Something could not be undone: a person must look. */
  notUndone: 6,
  /** The ground is not fit: no engine, no target, not allowed, locked, port taken, disk full. */
  groundUnfit: 7,
  /** Our bug. */
  bug: 70,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A failure with its facts as fields: what failed (`message`, with the value and the limit), and what to type (`hint`). */
export class FiredrillError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly exitCode: ExitCode;

  constructor(code: string, message: string, options: { hint?: string | undefined; exitCode: ExitCode; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = 'FiredrillError';
    this.code = code;
    this.hint = options.hint;
    this.exitCode = options.exitCode;
  }
}
