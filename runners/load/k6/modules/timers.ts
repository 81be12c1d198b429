/** `k6/timers`, whose four functions k6 has as globals too. An iteration lasts until its timers are done. */
import type { ScriptHost } from '../host.ts';

type Callback = (...args: unknown[]) => unknown;

function callbackOf(name: string, value: unknown): Callback {
  if (typeof value !== 'function') throw new TypeError(`${name}() needs a function as its first argument`);
  return (...args) => value(...args);
}

function delayOf(value: unknown): number {
  const delay = Number(value ?? 0);
  return Number.isFinite(delay) && delay > 0 ? delay : 0;
}

export function timersModule(host: Pick<ScriptHost, 'setTimer' | 'clearTimer'>) {
  const clear = (id: unknown): void => {
    if (typeof id === 'number') host.clearTimer(id);
  };
  return {
    setTimeout: (callback: unknown, delay?: unknown, ...args: unknown[]): number => {
      const call = callbackOf('setTimeout', callback);
      return host.setTimer(delayOf(delay), false, () => call(...args));
    },
    setInterval: (callback: unknown, delay?: unknown, ...args: unknown[]): number => {
      const call = callbackOf('setInterval', callback);
      return host.setTimer(delayOf(delay), true, () => call(...args));
    },
    clearTimeout: clear,
    clearInterval: clear,
  };
}
