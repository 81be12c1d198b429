/** The two functions that lead out of QuickJS. */
import { FAILED } from '../bridge.ts';

/** `undefined` as an answer of `wait` means that the iteration is given up. */
export interface Bridge {
  readonly tell: (what: number, text?: string, bytes?: ArrayBuffer) => undefined | false | number | string | ArrayBuffer;
  readonly wait: (what: number, text: string, bytes?: ArrayBuffer) => string | undefined;
}

/** Never comes back: whoever is outside ends it by an error that nothing inside can catch. */
export function standStill(): never {
  for (;;);
}

/** Of a text that begins with FAILED. */
export function failureOf(text: string): Error {
  return new Error(JSON.parse(text.slice(FAILED.length)));
}
