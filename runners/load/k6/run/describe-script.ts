/** Runs a script's init context in a process of its own and says what it would do: a script may compute its options, and loop in doing so. */
import { K6_EXIT, type K6ExitCode, ScriptFailure } from '../exit-codes.ts';
import type { ScriptDescription, ScriptOrder } from './messages.ts';
import { ScriptProcess } from './script-process.ts';

export interface Described {
  readonly description: ScriptDescription | undefined;
  /** Why it could not run; undefined where it can. */
  readonly problem: string | undefined;
  readonly exitCode: K6ExitCode;
}

/** Sends nothing. */
export async function describeScript(order: ScriptOrder): Promise<Described> {
  let description: ScriptDescription | undefined;
  const script = new ScriptProcess({
    order,
    startNs: process.hrtime.bigint(),
    runs: false,
    leads: true,
    hear: (message) => {
      if (message.type === 'described') description = message.description;
    },
  });
  try {
    const { exitCode, reason } = await script.done;
    return { description, problem: exitCode === K6_EXIT.passed ? undefined : (reason ?? 'it cannot run'), exitCode };
  } catch (error) {
    if (error instanceof ScriptFailure) return { description, problem: error.message, exitCode: error.exitCode };
    throw error;
  }
}
