/** What comes out of QuickJS as text, as a value or an error of here. */
import { BYTES, DONE, THROWN, type Thrown } from './bridge.ts';

/** An error that a script threw, with its stack of within. */
export class ScriptError extends Error {
  constructor(name: string, message: string, stack: string) {
    super(message);
    this.name = name;
    this.stack = `${name}: ${message}\n${stack}`;
  }
}

/** What was thrown: an error, or whatever else a script throws. */
export function thrownError({ name = 'Error', message, stack = '', value }: Thrown): unknown {
  return message === undefined ? value : new ScriptError(name, message, stack);
}

/** Of an outcome that is one. */
export function thrownIn(outcome: string): unknown {
  return thrownError(JSON.parse(outcome.slice(THROWN.length)));
}

export function isThrown(outcome: string | undefined): boolean {
  return outcome?.startsWith(THROWN) ?? false;
}

/** What is behind the first letter of an outcome. Throws what was thrown. */
export function readOutcome(outcome: string): string {
  if (isThrown(outcome)) throw thrownIn(outcome);
  return outcome.slice(DONE.length);
}

/** Bytes that crossed as base64 are bytes again. */
export function valueIn(text: string): unknown {
  if (text === '') return undefined;
  return JSON.parse(text, (_key, each: unknown) =>
    typeof each === 'object' && each !== null && BYTES in each ? Uint8Array.from(Buffer.from(String(each[BYTES]), 'base64')).buffer : each,
  );
}
