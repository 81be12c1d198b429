/**
 * Ends a command that was started inside a container, and all that it started: by a word in their environment, since the engine can end no
 * exec and its number inside is not told. It takes a shell and grep in the container; without them the command runs to its own end.
 */
import { setTimeout as sleep } from 'node:timers/promises';

/** The word is this variable's value. */
const VARIABLE = 'FIREDRILL_COMMAND';
/** Exits with 1 where there was somebody to kill. */
const KILL = `found=0; for folder in /proc/[0-9]*; do grep -qs "$1" "$folder/environ" && found=1 && kill -9 "\${folder#/proc/}"; done; exit $found`;
/** On a busy engine one that was just asked for comes seconds later, and one that ends may have begun another. */
const TRIES_MAX = 25;
const TRY_EVERY_MS = 200;
/** How long one try may take. */
const TRY_TIMEOUT_MS = 5_000;

/** An exec of the engine, as far as it is needed here. */
export interface Exec {
  start(options: { hijack: boolean; stdin: boolean }): Promise<NodeJS.ReadableStream & { destroy(error?: Error): unknown }>;
  inspect(): Promise<{ readonly ExitCode: number | null }>;
}

export interface ExecStarter {
  exec(options: { Cmd: string[]; Env?: string[]; AttachStdout: true; AttachStderr: true }): Promise<Exec>;
}

/** For the environment of a command that is to be ended by its word. */
export function environmentFor(word: string): string {
  return `${VARIABLE}=${word}`;
}

/** Kills until it has ended and nobody is left, so often as is sensible. Never throws: what cannot be ended runs to its own end. */
export async function endCommand(container: ExecStarter, exec: Exec, word: string): Promise<void> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    try {
      // Without an exit code it runs, or is yet to begin; and what it began may outlive it.
      const hasEnded = (await exec.inspect()).ExitCode !== null;
      const killing = await container.exec({ Cmd: ['sh', '-c', KILL, 'sh', environmentFor(word)], AttachStdout: true, AttachStderr: true });
      await runToEnd(killing);
      const killed = (await killing.inspect()).ExitCode;
      if ((hasEnded && killed === 0) || (killed ?? 0) > 1) return;
    } catch {
      // The container is stopped, paused or gone, or has no shell.
      return;
    }
    await sleep(TRY_EVERY_MS, undefined, { ref: false });
  }
}

async function runToEnd(exec: Exec): Promise<void> {
  const stream = await exec.start({ hijack: true, stdin: false });
  const limit = AbortSignal.timeout(TRY_TIMEOUT_MS);
  await new Promise<void>((resolve) => {
    stream.on('end', resolve).on('close', resolve).on('error', resolve).resume();
    limit.addEventListener('abort', () => resolve(), { once: true });
  });
  stream.destroy();
}
