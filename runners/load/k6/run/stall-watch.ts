/** Says where a script is stuck: a second thread misses the first one's beats and looks. */
import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';

/** Begins the line on standard error that says where. */
export const STALL_MARK = 'firedrill-stalled ';
/** Without a beat for this long a script is stuck; the process is killed some time later. */
export const STALL_MS = 1500;

/** What the thread is handed: `beats[0]` is counted up while all is well. */
export interface StallMemory {
  readonly beats: Int32Array;
  readonly stallMs: number;
}

/** Resolves when it watches. `who` names the virtual user that is at work; it is asked while the script stands still. */
export async function watchStalls(who: () => string): Promise<{ beat(): void }> {
  const beats = new Int32Array(new SharedArrayBuffer(4));
  const memory: StallMemory = { beats, stallMs: STALL_MS };
  Reflect.set(globalThis, '__firedrill_who', who);
  const thread = new Worker(new URL(`./stall-thread${extname(import.meta.url)}`, import.meta.url), { workerData: memory });
  thread.on('error', () => {});
  await once(thread, 'message');
  thread.unref();
  return {
    beat() {
      Atomics.add(beats, 0, 1);
      Atomics.notify(beats, 0);
    },
  };
}
