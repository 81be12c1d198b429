/**
 * When the machine under the tests stood still. Tests of what is promised in time (an undo within a second, a load that is sent when it is due) cannot be
 * judged while nothing runs at all, as on a virtual machine that is given no processor; and what stood still is told, never guessed.
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

/** The longest that the machine stood still in a span, in ms; 0 where it did not. */
export function longestStall(stalls: readonly Stall[], fromMs: number, toMs: number): number {
  return Math.max(0, ...stalls.filter((each) => each.toMs >= fromMs && each.toMs - each.lateMs <= toMs).map(({ lateMs }) => lateMs));
}
