/**
 * What operations on a PostgreSQL share: how they say where it is, a program of ours beside it that holds their sessions, and the
 * look whether sessions of theirs are left. Undoing is ending the program: the server ends its sessions and gives back what they held.
 */
import { z } from 'zod';
import { type Helper, startHelper } from '../application/helper.ts';
import type { ProgramName } from '../application/program-names.ts';
import type { Server } from '../application/server.ts';
import type { Whereabouts } from '../whereabouts.ts';
import { type Ground, type Outcome, pause } from './five-moves.ts';

export { serverShape } from '../application/server.ts';

/** The session that looks is one of ours. */
const LOOKERS = 1;
/** Between two looks whether the server has ended our sessions. */
const LOOK_EVERY_MS = 50;

const room = z.object({ max: z.number(), used: z.number(), ours: z.number() });

export interface Database {
  /** Starts the program and lets it connect; ends it where it cannot. */
  start<Answer>(name: ProgramName, order: object, answer: z.ZodType<Answer>, signal: AbortSignal): Promise<Answer>;
  /** The running program. Throws where there is none. */
  helper(): Helper;
  /** Ends the program, and its sessions with it. */
  end(): Promise<void>;
  /** For read-back: waits until the server knows no session of ours; throws when the signal aborts first. */
  sessionsGone(signal: AbortSignal): Promise<Outcome>;
}

export function databaseAt(place: Whereabouts, server: Server, ground: Ground): Database {
  let running: Helper | undefined;
  const end = async () => {
    await running?.end();
    running = undefined;
  };
  const start: Database['start'] = async (name, order, answer, signal) => {
    const network = await place.network();
    if (!network) throw new Error('it is not running, so that there is no database to touch');
    await end();
    running = startHelper(network.pid, name);
    try {
      return await running.ask({ do: 'connect', server, tag: ground.tag, ...order }, answer, signal);
    } catch (error) {
      await end();
      throw error;
    }
  };
  return {
    start,
    end,
    helper() {
      if (!running?.alive()) throw new Error('the program that holds its sessions is gone');
      return running;
    },
    async sessionsGone(signal) {
      if (!(await place.network())) return { evidence: 'it does not run: its sessions ended with it' };
      try {
        let { ours } = await start('hold', { leave: 0 }, room, signal);
        while (ours > LOOKERS && (await pause(LOOK_EVERY_MS, signal)))
          ({ ours } = (await running?.ask({ do: 'room' }, room, signal)) ?? { ours });
        if (ours > LOOKERS) throw new SessionsLeft(ours - LOOKERS);
        return { evidence: 'PostgreSQL knows no session of ours' };
      } catch (error) {
        if (error instanceof SessionsLeft) throw error;
        // The program that held them is dead, and the kernel has closed its connections.
        return {
          evidence: `the program that held its sessions has ended; PostgreSQL could not be asked: ${error instanceof Error ? error.message : error}`,
        };
      } finally {
        await end();
      }
    },
  };
}

class SessionsLeft extends Error {
  constructor(count: number) {
    super(`PostgreSQL still has ${count} sessions of ours`);
  }
}
