/**
 * Ends a command that was started inside a container, and all that it started: by a word in their environment, since the engine can end no
 * exec and its number inside is not told. It takes a shell and grep in the container; without them the command runs to its own end.
 */
import { setTimeout as sleep } from 'node:timers/promises';

/** The word is this variable's value. */
const VARIABLE = 'FIREDRILL_COMMAND';
const KILL = `for folder in /proc/[0-9]*; do grep -qs "$1" "$folder/environ" && kill -9 "\${folder#/proc/}"; done`;
/** One that was just asked for may not be there yet, and one that ends may have begun another. */
const TRIES_MAX = 5;
const TRY_EVERY_MS = 200;
/** How long one try may take. */
const TRY_TIMEOUT_MS = 5_000;

/** An exec of the engine, as far as it is needed here. */
export interface Exec {
  start(options: { hijack: boolean; stdin: boolean }): Promise<NodeJS.ReadableStream & { destroy(error?: Error): unknown }>;
  inspect(): Promise<{ readonly ExitCode: number | null; readonly Running?: boolean }>;
}

export interface ExecStarter {
  exec(options: { Cmd: string[]; Env?: string[]; AttachStdout: true; AttachStderr: true }): Promise<Exec>;
}

/** For the environment of a command that is to be ended by its word. */
export function environmentFor(word: string): string {
  return `${VARIABLE}=${word}`;
}

/** Kills until it has ended, so often as is sensible. Never throws: what cannot be ended runs to its own end. */
export async function endCommand(container: ExecStarter, exec: Exec, word: string): Promise<void> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    try {
      if (!(await exec.inspect()).Running) return;
      await runToEnd(await container.exec({ Cmd: ['sh', '-c', KILL, 'sh', environmentFor(word)], AttachStdout: true, AttachStderr: true }));
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
