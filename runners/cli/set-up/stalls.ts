/**
 * When the machine under the tests stood still, as a virtual one does that is given no processor. It is told for whoever reads of a failure in what is
 * promised in time (an undo within a second, a load that is sent when it is due); it excuses none.
 */
import { Worker } from 'node:worker_threads';

/** The machine stood still for `lateMs` until `toMs`, in ms since 1970. */
export interface Stall {
  readonly toMs: number;
  readonly lateMs: number;
}

export interface StallWatch {
  /** So far, in the order of time. */
  readonly stalls: readonly Stall[];
  end(): Promise<void>;
}

export function watchStalls(): StallWatch {
  const stalls: Stall[] = [];
  const clock = new Worker(new URL('./stall-clock.ts', import.meta.url));
  clock.unref();
  clock.on('message', (stall: Stall) => stalls.push(stall));
  return {
    stalls,
    async end() {
      await clock.terminate();
    },
  };
}

/** `this machine stood still 12 times, 1.4 s together, 231 ms at the longest`. */
export function stallWords(stalls: readonly Stall[]): string {
  const togetherMs = stalls.reduce((sum, { lateMs }) => sum + lateMs, 0);
  const longestMs = Math.max(0, ...stalls.map(({ lateMs }) => lateMs));
  return `this machine stood still ${stalls.length} times, ${(togetherMs / 1000).toFixed(1)} s together, ${Math.round(longestMs)} ms at the longest`;
}
