/** The five moves of a script, on the runner's machine. What it did is unknown to us, so that its undo is run whenever it may have begun. */
import { access } from 'node:fs/promises';
import { type FiveMoves, pause } from '../agent/operations/five-moves.ts';
import type { ScriptCall, ScriptOperation } from '../agent/operations/script.ts';
import { runScript, type ScriptEnd, type ScriptStage } from './run-script.ts';

/** Between two runs of the script that proves. */
const LOOK_EVERY_MS = 250;
/** From the first to the last time that it is asked whether the effect is there, or gone. */
export const LOOK_FOR_MS = 10_000;
/** What the journal has instead of a secret. */
const REDACTED = '***';

export type RunScript = typeof runScript;

/** `mayHaveBegun`: false only when it is known that its run was never asked for. */
export function scriptMoves(operation: ScriptOperation, mayHaveBegun: () => boolean, run: RunScript = runScript): FiveMoves {
  const { container, prove } = operation;
  let ended: ScriptEnd | undefined;
  let undone: string | undefined;
  const ask = (call: ScriptCall, move: ScriptStage['move'], signal: AbortSignal) => run(call, { container, move }, signal);
  const shows = (signal: AbortSignal) => (prove ? ask(prove, 'prove', signal) : undefined);
  /** Asks again and again, until it is so or for long enough. */
  const settled = async (so: (end: ScriptEnd) => boolean, signal: AbortSignal) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(LOOK_FOR_MS)]);
    let seen = await shows(signal);
    while (seen && !so(seen) && (await pause(LOOK_EVERY_MS, limit))) seen = await shows(signal);
    return seen;
  };

  return {
    async arm(signal) {
      for (const call of [operation.run, operation.undo, ...(prove ? [prove] : [])]) {
        await access(call.path).catch(() => {
          throw new Error(`there is no script at ${call.path}`);
        });
      }
      const before = await shows(signal);
      if (prove && before?.code === 0) throw new Error(`its effect is there already: ${describe(prove, before)}`);
      return { mechanism: 'zx', evidence: 'its scripts are there' };
    },
    async inject(signal) {
      ended = await ask(operation.run, 'run', signal);
      if (ended.code !== 0) throw new Error(describe(operation.run, ended));
      return { mechanism: 'zx' };
    },
    async prove(signal) {
      if (ended?.code !== 0) throw new Error('its script did not end well');
      const seen = await settled(({ code }) => code === 0, signal);
      if (prove && seen && seen.code !== 0) throw new Error(`no effect: ${describe(prove, seen)}`);
      return { mechanism: 'zx', evidence: prove && seen ? describe(prove, seen) : describe(operation.run, ended) };
    },
    async undo(signal) {
      if (!mayHaveBegun()) return { evidence: 'its script was never run' };
      if (undone !== undefined) return { mechanism: 'zx', evidence: undone };
      if (operation.undo.args.some((argument) => argument.includes(REDACTED)))
        throw new Error(`the arguments of ${operation.undo.path} hold a secret, which no journal has: run it by hand`);
      const end = await ask(operation.undo, 'undo', signal);
      if (end.code !== 0) throw new Error(describe(operation.undo, end));
      undone = describe(operation.undo, end);
      return { mechanism: 'zx', evidence: undone };
    },
    async readBack(signal) {
      if (!mayHaveBegun()) return { evidence: 'its script was never run' };
      if (undone === undefined) throw new Error(`${operation.undo.path} did not end well`);
      const seen = await settled(({ code }) => code !== 0, signal);
      if (prove && seen?.code === 0) throw new Error(`its effect is still there: ${describe(prove, seen)}`);
      return { evidence: undone };
    },
  };
}

function describe({ path }: ScriptCall, { code, said }: ScriptEnd): string {
  return `${path} ended ${code === undefined ? 'by a signal' : `with ${code}`}${said === '' ? '' : `, and said: ${said}`}`;
}
