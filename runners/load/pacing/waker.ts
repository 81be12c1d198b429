/**
 * Wakes the schedule at a given time. Node's timers count whole milliseconds and come late by up to one; a thread that
 * sleeps with `Atomics.wait` and posts a message is finer, and sleeps as long as nothing is due. Neither spins. Which
 * of the two costs less is printed by bench.ts.
 *
 *   schedule ── due time in shared memory, notify ──▶ thread: Atomics.wait until due ── message ──▶ schedule
 */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';

export interface Waker {
  /** Calls back at this time or soon after, once; a later call replaces it. In ms of CLOCK_MONOTONIC; Infinity: never. */
  wakeAt(dueMs: number): void;
  stop(): Promise<void>;
}

/** Names a waker in the bench and the tests. */
export type WakerKind = 'thread' | 'timer';

/** A wake-up that the thread lost would be a load that stops; this timer goes beside it. */
export const SAFETY_TIMER_MS = 2;

export function createWaker(kind: WakerKind, wake: () => void): Waker {
  return kind === 'thread' ? threadWaker(wake) : timerWaker(wake);
}

function timerWaker(wake: () => void): Waker {
  const timer = setInterval(wake, 1);
  return {
    wakeAt() {},
    async stop() {
      clearInterval(timer);
    },
  };
}

/** What the thread is handed: `due[0]` in ms of CLOCK_MONOTONIC, `turn[0]` counted up at each change. */
export interface WakerMemory {
  readonly due: Float64Array;
  readonly turn: Int32Array;
}

function threadWaker(wake: () => void): Waker {
  const due = new Float64Array(new SharedArrayBuffer(8));
  const turn = new Int32Array(new SharedArrayBuffer(4));
  due[0] = Number.POSITIVE_INFINITY;
  const memory: WakerMemory = { due, turn };
  let armedMs = Number.POSITIVE_INFINITY;
  const thread = new Worker(new URL(`./waker-thread${extname(import.meta.url)}`, import.meta.url), { workerData: memory });
  thread.on('message', () => {
    armedMs = Number.NaN;
    wake();
  });
  const safety = setInterval(wake, SAFETY_TIMER_MS);
  return {
    wakeAt(dueMs) {
      if (dueMs === armedMs) return;
      armedMs = dueMs;
      due[0] = dueMs;
      Atomics.add(turn, 0, 1);
      Atomics.notify(turn, 0);
    },
    async stop() {
      clearInterval(safety);
      thread.removeAllListeners('message');
      await thread.terminate();
    },
  };
}
