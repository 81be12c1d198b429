/**
 * A command on the runner's machine, in a process group of its own: a Ctrl-C meant for the run does not end it, and its
 * limit ends its children too.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

/** Characters of each stream that are kept; the rest is read and dropped, so that the command never blocks on a full pipe. */
export const OUTPUT_CHARACTERS_MAX = 65_536;

export interface LocalOutcome {
  /** The exit code, or the name of the signal that ended it. */
  readonly exitCode: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

function gather(stream: Readable): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    if (text.length < OUTPUT_CHARACTERS_MAX) text = (text + chunk).slice(0, OUTPUT_CHARACTERS_MAX);
  });
  return () => text;
}

/** Ends the whole group; it may be gone already. */
function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

/** Runs to its end, or is killed when the signal aborts (then rejects). Rejects too where it cannot be started. */
export function runLocally(command: readonly string[], signal: AbortSignal): Promise<LocalOutcome> {
  const [file = '', ...args] = command;
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(new Error('the look was over before the command was started'));
      return;
    }
    const child = spawn(file, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const stdout = gather(child.stdout);
    const stderr = gather(child.stderr);
    const onAbort = () => {
      endGroup(child);
      reject(new Error(`${file} did not end in time and was killed`));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    child.on('error', reject);
    child.on('close', (code, killedBy) => {
      signal.removeEventListener('abort', onAbort);
      resolve({ exitCode: code ?? killedBy ?? 'an unknown signal', stdout: stdout(), stderr: stderr() });
    });
  });
}
