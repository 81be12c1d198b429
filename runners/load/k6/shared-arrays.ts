/** The arrays that all virtual users of a process share: built by the first that asks, frozen to the last leaf. */

/** Arrays at most; a script that makes one each iteration has made a mistake. */
export const SHARED_ARRAYS_MAX = 1000;

export class SharedArrays {
  readonly #arrays = new Map<string, readonly unknown[]>();

  get(name: string, build: () => readonly unknown[]): readonly unknown[] {
    const found = this.#arrays.get(name);
    if (found) return found;
    if (this.#arrays.size >= SHARED_ARRAYS_MAX)
      throw new Error(`a test has at most ${SHARED_ARRAYS_MAX} shared arrays; '${name}' is one more`);
    const made = freezeDeep(build());
    this.#arrays.set(name, made);
    return made;
  }
}

/** Freezes a tree of plain data; what is frozen already is not entered again, so that a ring ends. */
export function freezeDeep<Value>(value: Value): Value {
  const open: unknown[] = [value];
  for (let each = open.pop(); open.length > 0 || each !== undefined; each = open.pop()) {
    if (typeof each !== 'object' || each === null || Object.isFrozen(each) || ArrayBuffer.isView(each)) continue;
    Object.freeze(each);
    open.push(...Object.values(each).filter((child) => typeof child === 'object' && child !== null));
  }
  return value;
}
