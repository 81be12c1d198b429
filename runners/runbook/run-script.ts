/** Runs one zx script on this machine: its arguments as they are, never through a shell; in a process group of its own that ends with us. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ContainerRef } from '../agent/operations/operation.ts';
import type { ScriptCall } from '../agent/operations/script.ts';

/** Output kept, from its end. */
const OUTPUT_CHARACTERS_MAX = 4_000;
/**
 * Loaded before the script. Its input is a pipe from us that ends when we do, by whatever means; then its whole process group is killed, so that
 * no half of a script goes on behind an undo.
 */
const GUARD = "process.stdin.on('end', () => process.kill(-process.pid, 'SIGKILL')).resume(); process.stdin.unref?.();";

export interface ScriptEnd {
  /** Undefined where a signal ended it. */
  readonly code: number | undefined;
  /** Its last words, both streams together. */
  readonly said: string;
}

/** What a script finds in its environment, besides ours. */
export interface ScriptStage {
  readonly container: ContainerRef;
  readonly move: 'run' | 'prove' | 'undo';
}

/** Resolves with how it ended; it is killed, with all that it started in its process group, at its timeout or when the signal aborts. */
export function runScript(
  { path, args, timeoutMs }: ScriptCall,
  { container, move }: ScriptStage,
  signal: AbortSignal,
): Promise<ScriptEnd> {
  if (signal.aborted) return Promise.reject(new Error(`there was no time left for ${path}`));
  const zx = fileURLToPath(import.meta.resolve('zx/cli'));
  const guard = `data:text/javascript,${encodeURIComponent(GUARD)}`;
  const child = spawn(process.execPath, ['--import', guard, zx, '--quiet', path, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    env: {
      ...process.env,
      FIREDRILL_CONTAINER_ID: container.id,
      FIREDRILL_CONTAINER_NAME: container.name,
      FIREDRILL_MOVE: move,
    },
  });
  let said = '';
  const keep = (chunk: string) => {
    said = (said + chunk).slice(-OUTPUT_CHARACTERS_MAX);
  };
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  child.stdin.on('error', () => {});
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const end = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
  };
  limit.addEventListener('abort', end, { once: true });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      limit.removeEventListener('abort', end);
      const late = limit.aborted ? `it was ended after ${timeoutMs} ms at most; ` : '';
      resolve({ code: code ?? undefined, said: late + said.trim() });
    });
  });
}
