/** What set-up needs of the machine, as one narrow interface, so that tests can stand in for an empty Debian, a Mac, or a user without rights. */
import { spawn } from 'node:child_process';
import { accessSync, constants, openSync, readFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { $ } from 'zx';
import type { Environment } from '../../docker/address.ts';

/** Where a daemon's own tools are, though a user's PATH may not name them. */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/bin', '/usr/bin', '/bin'];

export interface Ran {
  readonly exitCode: number;
  /** Both streams, in their order as far as it can be known. */
  readonly output: string;
}

export interface Machine {
  readonly platform: string;
  readonly isRoot: boolean;
  readonly environment: Environment;
  /** A file's text; undefined where it cannot be read. */
  read(path: string): Promise<string | undefined>;
  remove(path: string): Promise<void>;
  /** The path of a program, in PATH or where daemons' tools are. */
  find(program: string): string | undefined;
  run(command: string, args: readonly string[], limitMs: number): Promise<Ran>;
  /** Starts a program in a session of its own, its output appended to a file; resolves with its pid and a way to ask if it has ended. */
  startDetached(command: string, args: readonly string[], logPath: string): Promise<{ readonly pid: number; hasEnded(): boolean }>;
  /** False where nobody listens on a Unix socket, or it is not there. */
  listens(path: string): Promise<boolean>;
  sleep(ms: number): Promise<void>;
}

/** The machine that this process runs on. */
export function thisMachine(environment: Environment): Machine {
  const path = [...new Set([...(environment['PATH'] ?? '').split(delimiter), ...SYSTEM_FOLDERS])].join(delimiter);
  const env = Object.fromEntries(
    Object.entries({ ...environment, PATH: path, DEBIAN_FRONTEND: 'noninteractive' }).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, value]],
    ),
  );
  return {
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    environment,
    read: (file) => readFile(file, 'utf8').catch(() => undefined),
    remove: (file) => rm(file, { force: true, recursive: true }),
    find: (program) =>
      path
        .split(delimiter)
        .map((folder) => join(folder, program))
        .find(isRunnable),
    async run(command, args, limitMs) {
      const result = await $({
        nothrow: true,
        quiet: true,
        env,
        timeout: limitMs,
        stdio: ['ignore', 'pipe', 'pipe'],
      })`${command} ${[...args]}`;
      return { exitCode: result.exitCode ?? 1, output: result.stdall };
    },
    startDetached: (command, args, logPath) => startDetached(command, args, { env, logPath }),
    listens,
    sleep: (ms) => sleep(ms),
  };
}

async function startDetached(command: string, args: readonly string[], options: { env: NodeJS.ProcessEnv; logPath: string }) {
  const log = openSync(options.logPath, 'a');
  const child = spawn(command, args, { detached: true, stdio: ['ignore', log, log], env: options.env, cwd: '/' });
  await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  child.unref();
  return { pid: child.pid ?? 0, hasEnded: () => child.exitCode !== null || child.signalCode !== null };
}

function listens(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const tell = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket
      .once('connect', () => tell(true))
      .once('error', (error: NodeJS.ErrnoException) => tell(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT'));
  });
}

function isRunnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The last lines of a file, empty where it cannot be read. */
export function lastLinesOf(path: string, count: number): string {
  try {
    return readFileSync(path, 'utf8').trim().split('\n').slice(-count).join('\n');
  } catch {
    return '';
  }
}
