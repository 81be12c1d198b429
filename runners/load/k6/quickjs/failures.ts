/** What ends a test that runs in QuickJS: a loop without an end, memory without a bound, an interpreter that broke down. */
import { K6_EXIT, ScriptFailure } from '../exit-codes.ts';
import { HEAP_MB_MAX } from './machine.ts';
import { MachineError, MachineFull } from './machine-errors.ts';
import { ScriptError } from './outcome.ts';

/** A script that computes for this long without waiting for anything keeps all others from running, and is ended. */
export const TURN_MS_MAX = 4000;

/** `place` gives the frames of a stack in the author's places, each on a line of its own. */
export function overdueFailure(error: unknown, place: (stack: string) => string): ScriptFailure {
  return new ScriptFailure(
    `the script ran for ${TURN_MS_MAX} ms without waiting for anything and was ended${place(stackOf(error))}`,
    K6_EXIT.generic,
    'a loop that neither ends nor waits keeps all virtual users from running; let it end, or sleep() in it',
  );
}

/** Undefined where the script itself is to blame, and may go on. */
export function failureOf(error: unknown, place: (stack: string) => string): ScriptFailure | undefined {
  if (error instanceof ScriptFailure) return error;
  if (isOutOfMemory(error)) {
    return new ScriptFailure(
      `a virtual user took more than ${HEAP_MB_MAX} MB of memory${place(stackOf(error))}`,
      K6_EXIT.generic,
      'look for a list that grows with each iteration',
    );
  }
  if (!(error instanceof Error) || error instanceof ScriptError || !/^(?:RuntimeError|RangeError)$/.test(error.name)) return undefined;
  return new ScriptFailure(
    `QuickJS broke down: ${error.message}`,
    K6_EXIT.generic,
    'functions that call each other too deep are the most likely cause',
  );
}

function stackOf(error: unknown): string {
  if (error instanceof MachineError) return error.innerStack;
  return error instanceof Error ? (error.stack ?? '') : '';
}

/** QuickJS throws this itself. */
function isOutOfMemory(error: unknown): boolean {
  if (error instanceof MachineFull) return true;
  const name = error instanceof MachineError ? error.innerName : error instanceof Error ? error.name : '';
  return error instanceof Error && name === 'InternalError' && error.message === 'out of memory';
}
