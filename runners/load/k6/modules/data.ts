/** `k6/data`: an array that all virtual users read and none changes. */
import type { ScriptHost } from '../host.ts';

export function dataModule(host: Pick<ScriptHost, 'inInit' | 'shared'>) {
  /** Built once a name, by the first virtual user that comes to it; frozen to its last leaf, so that one copy serves all. */
  class SharedArray {
    constructor(name: unknown, build: unknown) {
      if (!host.inInit) throw new TypeError('new SharedArray must be called in the init context');
      if (typeof name !== 'string' || name === '') throw new TypeError('SharedArray needs a name as its first argument');
      if (typeof build !== 'function') throw new TypeError('SharedArray needs a function as its second argument');
      // A class may hand out another object than the one it is asked to make; this one behaves as a plain array.
      // biome-ignore lint/correctness/noConstructorReturn: an array, as scripts expect it
      return host.shared(name, () => arrayFrom(build()));
    }
  }
  return { SharedArray };
}

function arrayFrom(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError('only arrays can be made into SharedArray');
  return value;
}
