/**
 * Handing the process over to another program, in plain JavaScript for Node 20. Where Node can replace itself
 * (`process.execve`), nothing of us remains, so signals and exit codes are the program's own; otherwise a parent stays
 * that forwards signals and ends as its child ended.
 */
import { spawn } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { constants as systemConstants } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGCONT'];
/** A shell's codes for a program that is not there, and for one that may not be run. */
const NOT_FOUND = 127;
const NOT_RUNNABLE = 126;

/** Becomes the program, in this process where Node can; never returns. `command` is looked up in `environment.PATH`. */
export async function become(command, args, environment) {
  const path = findProgram(command, environment.PATH ?? '');
  if (path === undefined) {
    process.stderr.write(`firedrill: the program '${command}' is not there; the limit is what PATH names.\n`);
    process.exit(NOT_FOUND);
  }
  if (typeof process.execve === 'function') {
    process.removeAllListeners('warning');
    process.execve(path, [command, ...args], environment);
  }
  process.exit(await runToEnd(path, args, environment));
}

/** Runs a program with our own streams and resolves with its exit code; 128 + n where signal n ended it. */
export function runToEnd(command, args, environment) {
  return new Promise((resolve) => {
    // Listening comes first: a signal between the child's start and ours to listen would end us and orphan it.
    const listeners = FORWARDED.map((signal) => [signal, () => forward(child, signal)]);
    for (const [signal, listener] of listeners) process.on(signal, listener);
    const child = spawn(command, args, { stdio: 'inherit', env: environment });
    child.once('error', (error) => {
      process.stderr.write(`firedrill: ${command} cannot be run: ${error.message}\n`);
      resolve(error.code === 'ENOENT' ? NOT_FOUND : NOT_RUNNABLE);
    });
    child.once('exit', (code, signal) => {
      for (const [name, listener] of listeners) process.off(name, listener);
      resolve(code ?? 128 + (systemConstants.signals[signal] ?? 0));
    });
  });
}

/** The program's path: as it is where it has a slash, else the first runnable file of that name in `searchPath`. */
export function findProgram(command, searchPath) {
  const candidates =
    isAbsolute(command) || command.includes('/') ? [command] : searchPath.split(delimiter).map((each) => join(each, command));
  return candidates.find((each) => {
    try {
      accessSync(each, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** A terminal sends its Ctrl-C and Ctrl-\ to the whole foreground group, so the child has had these already. */
function forward(child, signal) {
  if ((signal === 'SIGINT' || signal === 'SIGQUIT') && inForeground()) return;
  child.kill(signal);
}

/** True where this process group is the foreground group of its terminal: fields 5 and 8 of proc(5) stat. */
function inForeground() {
  try {
    const stat = readFileSync('/proc/self/stat', 'latin1');
    const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return group === foreground;
  } catch {
    return process.stdin.isTTY === true;
  }
}
