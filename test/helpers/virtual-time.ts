/** Virtual time: waits resolve in order of their instants, as soon as nothing else is left to do. */
import { setImmediate as macrotask } from 'node:timers/promises';
import type { Clock } from '../../runners/runbook/clock.ts';

interface Waiting {
  readonly atMs: number;
  readonly wake: () => void;
}

export interface VirtualTime {
  readonly clock: Clock;
  /** Called at each instant the clock jumps to, before the waits of that instant resolve. */
  onJump(listener: (nowMs: number) => void): void;
  /** Runs `work` to its end, jumping from wait to wait. Fails when the work waits for nothing that this clock holds. */
  play<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** Turns of the event loop that may pass without a wait before the work counts as stuck. */
const IDLE_TURNS_MAX = 200;

export function virtualTime(): VirtualTime {
  let nowMs = 0;
  const waiting: Waiting[] = [];
  const listeners: ((nowMs: number) => void)[] = [];
  const clock: Clock = {
    nowMs: () => nowMs,
    until(atMs, signal) {
      if (atMs <= nowMs || signal?.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const entry = { atMs, wake: () => resolve() };
        waiting.push(entry);
        signal?.addEventListener('abort', () => {
          const index = waiting.indexOf(entry);
          if (index >= 0) waiting.splice(index, 1);
          resolve();
        });
      });
    },
  };
  return {
    clock,
    onJump: (listener) => listeners.push(listener),
    async play(work) {
      let over = false;
      const result = work().finally(() => {
        over = true;
      });
      result.catch(() => undefined);
      for (let idle = 0; !over; idle += 1) {
        await macrotask();
        if (over) break;
        if (idle > IDLE_TURNS_MAX) throw new Error(`stuck at ${nowMs} ms: nothing waits on the virtual clock`);
        if (idle < 3) continue;
        const next = waiting.sort((a, b) => a.atMs - b.atMs).shift();
        if (!next) continue;
        idle = 0;
        nowMs = Math.max(nowMs, next.atMs);
        for (const listener of listeners) listener(nowMs);
        next.wake();
      }
      return result;
    },
  };
}
