/**
 * Programs that the agent runs, in its own namespaces or in a target's. Each is killed with the agent (setpriv's
 * parent-death signal) and inherits no stdio, so that none outlives it: a stressor started without survived
 * `docker rm -f` of its agent.
 */
import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A program that has ended, and whose output somebody that it started still holds open, is not listened to for longer than this. */
const OUTPUT_MS_MAX = 1_000;
/** Longest wait for a program's word, where the caller has no nearer end. */
export const WORD_MS_MAX = 10_000;

/**
 * With so many programs running, no more are started ahead of an undo. What dies with the agent falls to the engine's shim, which tells of an
 * ended container at once only while no more than 32 of its processes ended: beyond, the agent's successor is late by up to a second for each.
 */
const ROOM_FOR_WAITING = 24;

/** Output kept of one program, each stream; more is cut, so that no program can fill the agent's memory. */
const OUTPUT_CHARACTERS_MAX = 4_000_000;

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** When its end was seen, on the agent's clock. */
  readonly endedNs: bigint;
}

/** A program that was started and waits for its input. */
export interface Waiting {
  readonly ended: Promise<Ran>;
  /** Writes a piece of input. */
  write(text: string): void;
  /** Writes the last piece of input and closes it. */
  finish(text: string): Promise<Ran>;
  /** The next line of its output. Rejects when it ends before it says one; one that says nothing within the time is ended, so that no late answer is taken for another's. */
  line(withinMs?: number): Promise<string>;
  alive(): boolean;
  kill(): void;
}

/** The command line that runs `command` in the network namespace of a process. */
export function inNetworkOf(pid: number, command: readonly string[]): readonly string[] {
  return ['nsenter', '--target', String(pid), '--net', '--', ...command];
}

let running = 0;

/** Every program that the agent starts is counted while it runs. */
export function countWhileRunning(child: ChildProcess): void {
  if (child.pid === undefined) return;
  running += 1;
  child.once('exit', () => {
    running -= 1;
  });
}

export function isRoomForWaiting(): boolean {
  return running < ROOM_FOR_WAITING;
}

/** Starts a program; its end is waited for by `ended`, which never rejects for an exit code. */
export function startProgram(command: readonly string[]): Waiting {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', ...command], { stdio: 'pipe' });
  countWhileRunning(child);
  const kill = () => void child.kill('SIGKILL');
  let alive = true;
  const output = { stdout: '', stderr: '' };
  const lines: string[] = [];
  const waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  const keep = (stream: 'stdout' | 'stderr') => (chunk: string) => {
    if (output[stream].length < OUTPUT_CHARACTERS_MAX) output[stream] += chunk;
  };
  child.stdout.setEncoding('utf8').on('data', keep('stdout'));
  child.stderr.setEncoding('utf8').on('data', keep('stderr'));
  createInterface({ input: child.stdout }).on('line', (line) => {
    const next = waiting.shift();
    if (next) next.resolve(line);
    else lines.push(line);
  });
  // A program that ended closes its input; what it came to is told by its exit code.
  child.stdin.on('error', () => {});
  const ended = endOf(child, output).then((ran) => {
    alive = false;
    const why = new Error(`${command.join(' ')} ended (${ran.code}): ${ran.stderr.trim()}`);
    for (const each of waiting.splice(0)) each.reject(why);
    return ran;
  });
  return {
    ended,
    write: (text) => void child.stdin.write(text),
    finish(text) {
      child.stdin.end(text);
      return ended;
    },
    line(withinMs) {
      const said = lines.shift();
      if (said !== undefined) return Promise.resolve(said);
      if (!alive) return Promise.reject(new Error(`${command.join(' ')} has ended: ${output.stderr.trim()}`));
      const heard = new Promise<string>((resolve, reject) => waiting.push({ resolve, reject }));
      if (withinMs === undefined) return heard;
      const late = setTimeout(kill, withinMs);
      return heard.finally(() => clearTimeout(late));
    },
    alive: () => alive,
    kill,
  };
}

/** The command line of a shell that waits for a line of input and then becomes the command; without a line it ends. */
export function onCue(command: readonly string[]): readonly string[] {
  return ['sh', '-c', 'read -r cue || exit 0; exec "$@"', 'sh', ...command];
}

/** Runs a program to its end; it is killed when the signal aborts. */
export async function runProgram(command: readonly string[], signal: AbortSignal, input = ''): Promise<Ran> {
  const program = startProgram(command);
  const kill = () => program.kill();
  signal.addEventListener('abort', kill, { once: true });
  if (signal.aborted) kill();
  const ran = await program.finish(input);
  signal.removeEventListener('abort', kill);
  return ran;
}

function endOf(child: ChildProcessWithoutNullStreams, output: { stdout: string; stderr: string }): Promise<Ran> {
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: null, stdout: '', stderr: error.message, endedNs: process.hrtime.bigint() }));
    child.on('exit', (code) => {
      const endedNs = process.hrtime.bigint();
      const late = setTimeout(() => done(), OUTPUT_MS_MAX);
      const done = () => {
        clearTimeout(late);
        resolve({ code, stdout: output.stdout, stderr: output.stderr, endedNs });
      };
      child.on('close', done);
    });
  });
}
