/** Programs and files as lines; whatever cannot be read is a line that says so, the same before and after. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';

const OUTPUT_BYTES_MAX = 64 * 2 ** 20;
const TIME_LIMIT_MS = 20_000;

/** Runs a shell script in the network namespace of a process. */
export function inNetwork(pid: number, script: string): Promise<string> {
  return new Promise((resolve) => {
    const command = ['--target', String(pid), '--net', '--', 'sh', '-c', script];
    const limits = { maxBuffer: OUTPUT_BYTES_MAX, timeout: TIME_LIMIT_MS };
    execFile('nsenter', command, limits, (error, stdout) => resolve(error ? `${stdout}\ncannot look: ${error.message}\n` : stdout));
  });
}

/** The text of a file; undefined where it cannot be read. */
export function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

export function linesOf(text: string | undefined): readonly string[] {
  return (text ?? '').split('\n').filter((line) => line.trim() !== '');
}
