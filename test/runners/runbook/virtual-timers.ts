/** Timers in virtual time: nothing passes until the test says so. */
import { setImmediate as turn } from 'node:timers/promises';
import type { After } from '../../../runners/runbook/watch.ts';

export interface VirtualTimers {
  readonly nowMs: () => number;
  readonly after: After;
  /** Lets the time go on, timer by timer; between two timers everything that can be done is done. */
  pass(ms: number): Promise<void>;
  /** The process stands still: the time goes on, and only then the timers that were due fire, all at once, before anything else. */
  freeze(ms: number): Promise<void>;
  /** Timers that wait. */
  readonly pending: () => number;
}

/** Turns of the event loop after a timer; enough for any chain of promises here. */
const TURNS = 3;

export function virtualTimers(): VirtualTimers {
  let nowMs = 0;
  let count = 0;
  const timers = new Map<number, { readonly atMs: number; readonly callback: () => void }>();
  const settle = async () => {
    for (let turns = 0; turns < TURNS; turns += 1) await turn();
  };
  const next = (untilMs: number) =>
    [...timers].filter(([, { atMs }]) => atMs <= untilMs).sort(([a, one], [b, other]) => one.atMs - other.atMs || a - b)[0];
  return {
    nowMs: () => nowMs,
    after(delayMs, callback) {
      count += 1;
      const id = count;
      timers.set(id, { atMs: nowMs + delayMs, callback });
      return () => timers.delete(id);
    },
    async pass(ms) {
      const untilMs = nowMs + ms;
      await settle();
      for (let due = next(untilMs); due; due = next(untilMs)) {
        const [id, { atMs, callback }] = due;
        nowMs = Math.max(nowMs, atMs);
        timers.delete(id);
        callback();
        await settle();
      }
      nowMs = untilMs;
    },
    async freeze(ms) {
      nowMs += ms;
      const overdue = [...timers].filter(([, { atMs }]) => atMs <= nowMs).sort(([, one], [, other]) => one.atMs - other.atMs);
      for (const [id, { callback }] of overdue) {
        if (timers.delete(id)) callback();
      }
      await this.pass(0);
    },
    pending: () => timers.size,
  };
}
