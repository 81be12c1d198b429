/** A script made ready to run: what the transform gives, as the runtime uses it. */

import type { Pages } from './modules/index.ts';

/** The names that stand free in a script, beside JavaScript's own: `__ENV`, `open`, `console` … */
export type ScriptGlobals = Readonly<Record<string, unknown>>;

/** What a script exports. */
export type ScriptExports = Readonly<Record<string, unknown>>;

export interface Script {
  /** As messages name it. */
  readonly file: string;
  readonly sha256: string;
  /** Undefined where the script reads no HTML. */
  readonly pages: Pages | undefined;
  /** Runs the init context once, for one virtual user. `modules` gives what `k6` and `k6/…` export. */
  instantiate(globals: ScriptGlobals, modules: (name: string) => ScriptExports): ScriptExports | Promise<ScriptExports>;
  /** A stack in the author's places, without our own frames. */
  originalStack(stack: string): string;
}

/** An error as its author should read it: the message, then where in the script. */
export function failureText(script: Pick<Script, 'originalStack'>, error: unknown): string {
  if (typeof error === 'object' && error !== null && 'stack' in error && typeof error.stack === 'string')
    return script.originalStack(error.stack);
  return `Uncaught ${typeof error === 'object' ? JSON.stringify(error) : String(error)}`;
}
