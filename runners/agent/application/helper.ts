/**
 * An operation's side of the talk with a program of ours that waits in a target's network namespace. The program dies with the
 * agent, and with it all that it holds open: a session, a lock, a lease.
 */
import { z } from 'zod';
import { APPLICATION_PROGRAM_PATH } from '../places.ts';
import { inNetworkOf, startProgram } from '../programs.ts';
import type { ProgramName } from './program-names.ts';

export interface Helper {
  /** Rejects with the program's own words, when it has ended, and when the signal aborts. Orders are answered in turn. */
  ask<Answer>(order: object, answer: z.ZodType<Answer>, signal: AbortSignal): Promise<Answer>;
  alive(): boolean;
  /** Ends it; resolves when it is gone. */
  end(): Promise<void>;
}

const answerShape = z.union([z.object({ ok: z.literal(true), value: z.unknown() }), z.object({ ok: z.literal(false), error: z.string() })]);

/** Starts the program in the network namespace of a process. */
export function startHelper(pid: number, name: ProgramName): Helper {
  const program = startProgram(inNetworkOf(pid, [process.execPath, APPLICATION_PROGRAM_PATH, name]));
  return {
    async ask(order, answer, signal) {
      signal.throwIfAborted();
      program.write(`${JSON.stringify(order)}\n`);
      const said = answerShape.parse(JSON.parse(await unlessAborted(program.line(), signal)));
      if (!said.ok) throw new Error(said.error);
      return answer.parse(said.value);
    },
    alive: program.alive,
    async end() {
      program.kill();
      await program.ended;
    },
  };
}

/** Who stops waiting for an answer leaves its place in the queue, so that the next order gets its own. */
function unlessAborted<Value>(waited: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new Error('no answer in time'));
    signal.addEventListener('abort', stop, { once: true });
    waited.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
