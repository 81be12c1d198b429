/** A script made ready to run: what the transform gives, as the runtime uses it. */

import type { GlobalParts } from './globals.ts';

/** The names that stand free in a script, beside JavaScript's own: `__ENV`, `open`, `console` … */
export type ScriptGlobals = Readonly<Record<string, unknown>>;

/** What a script exports. */
export type ScriptExports = Readonly<Record<string, unknown>>;

/** What a script of one virtual user is put into. */
export interface ScriptSurroundings extends GlobalParts {
  /** Who is to hear when an iteration is given up: what is under way is not answered any more. */
  onGiveUp(listener: () => void): void;
}

/** A script at work for one virtual user. */
export interface ScriptInstance {
  /** Rejects with, or its making throws, what the init context throws. */
  readonly exports: ScriptExports | Promise<ScriptExports>;
  /** Drops what belongs to an iteration: cookies. */
  endIteration(): void;
}

export interface Script {
  /** As messages name it. */
  readonly file: string;
  readonly sha256: string;
  /** Runs the init context once, for one virtual user. */
  instantiate(around: ScriptSurroundings): ScriptInstance;
  /** A stack in the author's places, without our own frames. */
  originalStack(stack: string): string;
}

/** An error as its author should read it: the message, then where in the script. */
export function failureText(script: Pick<Script, 'originalStack'>, error: unknown): string {
  if (typeof error === 'object' && error !== null && 'stack' in error && typeof error.stack === 'string')
    return script.originalStack(error.stack);
  return `Uncaught ${typeof error === 'object' ? JSON.stringify(error) : String(error)}`;
}
