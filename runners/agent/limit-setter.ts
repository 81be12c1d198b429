/**
 * Sets limits of other processes by prlimit(2), as the user whose they are: the kernel lets nobody else do it who has not
 * SYS_RESOURCE. A soft limit may go down and up again below the hard one, which is never touched.
 */
import type { FileLimit, Owner } from './open-files.ts';
import { startProgram, type Waiting, WORD_MS_MAX } from './programs.ts';

/** Answers each line `PID SOFT:HARD` with one of its own: nothing, or what failed. */
const SETTER = 'while read -r pid limit; do said=$(prlimit --pid "$pid" --nofile="$limit" 2>&1); echo $said; done';

export interface LimitSetter {
  /** Starts the program of this user, so that it waits. */
  prepare(owner: Owner): void;
  /** One at a time. Throws with what the kernel said. */
  set(pid: number, owner: Owner, limit: FileLimit): Promise<void>;
  /** Ends its programs. */
  end(): void;
}

export function limitSetter(): LimitSetter {
  const programs = new Map<string, Waiting>();
  const programOf = ({ user, group }: Owner) => {
    const key = `${user}:${group}`;
    const known = programs.get(key);
    if (known?.alive()) return known;
    // Changing the user takes a program's parent-death signal away, so that it is asked for again.
    const as = ['setpriv', '--reuid', String(user), '--regid', String(group), '--clear-groups', '--pdeathsig', 'KILL', '--'];
    const program = startProgram([...as, 'sh', '-c', SETTER]);
    programs.set(key, program);
    return program;
  };
  return {
    prepare: (owner) => void programOf(owner),
    async set(pid, owner, { soft, hard }) {
      const program = programOf(owner);
      program.write(`${pid} ${soft}:${hard}\n`);
      const said = (await program.line(WORD_MS_MAX)).trim();
      if (said !== '') throw new Error(said);
    },
    end() {
      for (const program of programs.values()) program.kill();
      programs.clear();
    },
  };
}
