/**
 * Ctrl-C and SIGTERM while a run is on. The first stops the run and undoes; a second never cuts the undo short; a third
 * says what to type should the undo hang.
 */
import type { CliIo } from './io.ts';

export interface StopSignals {
  readonly stopped: AbortSignal;
  close(): void;
}

export function listenForStop(io: CliIo): StopSignals {
  const controller = new AbortController();
  let count = 0;
  const close = io.onSignal((signal) => {
    count += 1;
    if (count === 1) {
      io.stderr.write(`\n${signal}: stopping, and putting everything back\n`);
      controller.abort(signal);
    } else if (count === 2) {
      io.stderr.write(`${signal}: the undo is under way and is not cut short\n`);
    } else {
      io.stderr.write(`${signal}: still undoing; should it hang, type in another terminal: npx firedrill sweep\n`);
    }
  });
  return { stopped: controller.signal, close };
}
