/**
 * A last will: a shell in a target's network that waits for the agent's death, and then takes rules away, within some 20 ms, long before a
 * restarted agent could. It is for rules that lead to a program which dies with the agent: without it every connection would be
 * refused until then. It touches nothing else, ends by itself, and failing it the restarted agent undoes as always.
 */
import { spawn } from 'node:child_process';
import { countWhileRunning } from './programs.ts';

/** Its input ends when the agent does, by whatever means; a word means that it is not needed any more. */
const SCRIPT = 'read -r revoked && exit 0; while [ $# -gt 1 ]; do printf %s "$2" | $1; shift 2; done';

export interface LastWill {
  revoke(): void;
}

/** A command, its words parted by blanks, and what it reads. */
export interface Bequest {
  readonly command: readonly string[];
  readonly input: string;
}

/** Unlike the agent's other programs it is not killed with the agent. */
export function leaveWill(pid: number, bequests: readonly Bequest[]): LastWill {
  const words = bequests.flatMap(({ command, input }) => [command.join(' '), input]);
  const shell = spawn('nsenter', ['--target', String(pid), '--net', '--', 'sh', '-c', SCRIPT, 'sh', ...words], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  countWhileRunning(shell);
  shell.on('error', () => {});
  shell.stdin.on('error', () => {});
  return { revoke: () => void shell.stdin.end('revoked\n') };
}
