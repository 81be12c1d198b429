/** The exit codes of `k6 run`, as its documentation lists them; `firedrill load script.js` alone uses them. */
export const K6_EXIT = {
  /** Everything went to its end, and every threshold was met. */
  passed: 0,
  /** A threshold was not met. */
  thresholds: 99,
  setupTimeout: 100,
  teardownTimeout: 101,
  /** The script or the generator ended in a way that none of the others tells. */
  generic: 102,
  /** The options or the command line are wrong. */
  config: 104,
  /** Ctrl-C, or another signal. */
  signal: 105,
  /** The script threw where it must not: its syntax, its imports, its init context, setup, teardown. */
  exception: 107,
  /** `exec.test.abort()`. */
  aborted: 108,
  /** `exec.test.fail()`. */
  markedFailed: 110,
} as const;
export type K6ExitCode = (typeof K6_EXIT)[keyof typeof K6_EXIT];

/** A failure as one text. */
export function withHint({ message, hint }: ScriptFailure): string {
  return hint === undefined ? message : `${message}\n  hint: ${hint}`;
}

/** Why a test does not begin, or cannot go on. */
export class ScriptFailure extends Error {
  readonly exitCode: K6ExitCode;
  readonly hint: string | undefined;

  constructor(message: string, exitCode: K6ExitCode, hint?: string) {
    super(message);
    this.name = 'ScriptFailure';
    this.exitCode = exitCode;
    this.hint = hint;
  }
}
