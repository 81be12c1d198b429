/** A worker whose only work is to ring every 20 ms, and to tell when it rang late: then the whole machine stood still. See stalls.ts. */
import { parentPort } from 'node:worker_threads';

const EVERY_MS = 20;
/** Busy cores alone make it no later than this. */
const LATE_MS_MIN = 50;

let dueMs = performance.now() + EVERY_MS;
setInterval(() => {
  const nowMs = performance.now();
  const lateMs = nowMs - dueMs;
  if (lateMs >= LATE_MS_MIN) parentPort?.postMessage({ toMs: performance.timeOrigin + nowMs, lateMs });
  dueMs = nowMs + EVERY_MS;
}, EVERY_MS);
