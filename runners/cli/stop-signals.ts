/**
 * Ctrl-C and SIGTERM while a run is on. The first stops the run and undoes; a second never cuts the undo short; a third
 * says what to type should the undo hang.
 */
import type { Stop } from '../runbook/stop.ts';
import type { CliIo } from './io.ts';

export interface StopSignals {
  readonly stopped: AbortSignal;
  /** An emergency stop: the same as a first signal. */
  stop(why: string): void;
  close(): void;
}

export function listenForStop(io: CliIo): StopSignals {
  const controller = new AbortController();
  let count = 0;
  const close = io.onSignal((signal) => {
    count += 1;
    if (count === 1) {
      io.stderr.write(`\n${signal}: stopping, and putting everything back\n`);
      controller.abort({ because: 'signal', detail: signal } satisfies Stop);
    } else if (count === 2) {
      io.stderr.write(`${signal}: the undo is under way and is not cut short\n`);
    } else {
      io.stderr.write(`${signal}: still undoing; should it hang, type in another terminal: npx firedrill sweep\n`);
    }
  });
  const stop = (why: string) => {
    if (controller.signal.aborted) return;
    io.stderr.write(`\nemergency stop by ${why}: stopping, and putting everything back\n`);
    controller.abort({ because: 'emergency', detail: why } satisfies Stop);
  };
  return { stopped: controller.signal, stop, close };
}
