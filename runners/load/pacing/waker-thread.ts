/** The thread behind waker.ts: sleeps until the due time in shared memory, says so once, and waits for the next. */
import { parentPort, workerData } from 'node:worker_threads';
import { monotonicMs } from './clock.ts';
import type { WakerMemory } from './waker.ts';

/** Shortest sleep: what is due sooner is served with the wake-up before it, so that 40,000 arrivals a second cost 4,000 wake-ups. */
const SLEEP_MS_MIN = 0.25;

const { due, turn }: WakerMemory = workerData;
let told = -1;

for (;;) {
  const current = Atomics.load(turn, 0);
  const waitMs = told === current ? Number.POSITIVE_INFINITY : (due[0] ?? Number.POSITIVE_INFINITY) - monotonicMs();
  if (told !== current && waitMs <= 0) {
    told = current;
    parentPort?.postMessage(0);
    continue;
  }
  Atomics.wait(turn, 0, current, Math.max(SLEEP_MS_MIN, waitMs));
}
