/** The command line bound to this process: its streams, its signals, its terminal. */
import { createInterface } from 'node:readline/promises';
import type { ExitCode } from '../failure.ts';
import type { K6ExitCode } from '../load/k6/exit-codes.ts';
import type { CliIo } from './io.ts';
import { main } from './main.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** npm passes on the Ctrl-C that the terminal has sent to everyone already; two this close together are one. */
const SAME_SIGNAL_MS = 100;

/** Runs the command line of this process; resolves with the exit code when all that was written is out. */
export async function runProcess(): Promise<ExitCode | K6ExitCode> {
  const exitCode = await main({
    args: process.argv.slice(2),
    environment: process.env,
    workingDirectory: process.cwd(),
    stdout: process.stdout,
    stderr: process.stderr,
    ...(process.stdin.isTTY && process.stdout.isTTY ? { ask } : {}),
    onSignal,
  });
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  return exitCode;
}

async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}

const onSignal: CliIo['onSignal'] = (listener) => {
  let lastMs = Number.NEGATIVE_INFINITY;
  const heard = (signal: string) => {
    const nowMs = performance.now();
    if (nowMs - lastMs < SAME_SIGNAL_MS) return;
    lastMs = nowMs;
    listener(signal);
  };
  for (const signal of SIGNALS) process.on(signal, heard);
  return () => {
    for (const signal of SIGNALS) process.off(signal, heard);
  };
};

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}
