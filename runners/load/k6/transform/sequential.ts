/**
 * Array methods that wait for their callback, element by element, as ECMAScript describes the ones they stand in for
 * (ECMA-262, 23.1.3): the length is taken at the start, holes are skipped where the language skips them. A receiver whose
 * method is not the language's own is asked for it by name, and awaited.
 */

import { EXIT, FiredrillError } from '../../../failure.ts';

type Callback = (...given: unknown[]) => unknown;
/** One step: the value, its index, the list. */
type Step = (value: unknown, index: number) => unknown;

interface Call {
  readonly list: object;
  readonly length: number;
  readonly step: Step;
}

const METHODS: Readonly<Record<string, (call: Call, given: readonly unknown[], callback: Callback) => Promise<unknown>>> = {
  forEach: async ({ list, length, step }) => {
    for (let index = 0; index < length; index += 1) if (index in list) await step(at(list, index), index);
  },
  map: async ({ list, length, step }) => {
    const mapped: unknown[] = new Array(length);
    for (let index = 0; index < length; index += 1) if (index in list) mapped[index] = await step(at(list, index), index);
    return mapped;
  },
  filter: async ({ list, length, step }) => {
    const kept: unknown[] = [];
    for (let index = 0; index < length; index += 1) {
      if (!(index in list)) continue;
      const value = at(list, index);
      if (await step(value, index)) kept.push(value);
    }
    return kept;
  },
  flatMap: async ({ list, length, step }) => {
    const flat: unknown[] = [];
    for (let index = 0; index < length; index += 1) {
      if (!(index in list)) continue;
      const value = await step(at(list, index), index);
      for (const each of Array.isArray(value) ? value.flat(0) : [value]) flat.push(each);
    }
    return flat;
  },
  some: async ({ list, length, step }) => {
    for (let index = 0; index < length; index += 1) if (index in list && (await step(at(list, index), index))) return true;
    return false;
  },
  every: async ({ list, length, step }) => {
    for (let index = 0; index < length; index += 1) if (index in list && !(await step(at(list, index), index))) return false;
    return true;
  },
  find: async (call) => (await search(call, false))?.value,
  findIndex: async (call) => (await search(call, false))?.index ?? -1,
  findLast: async (call) => (await search(call, true))?.value,
  findLastIndex: async (call) => (await search(call, true))?.index ?? -1,
  reduce: ({ list, length }, given, callback) => fold(list, ascending(length), given, callback),
  reduceRight: ({ list, length }, given, callback) => fold(list, ascending(length).reverse(), given, callback),
};

async function search({ list, length, step }: Call, fromEnd: boolean): Promise<{ value: unknown; index: number } | undefined> {
  for (let count = 0; count < length; count += 1) {
    const index = fromEnd ? length - 1 - count : count;
    const value = at(list, index);
    if (await step(value, index)) return { value, index };
  }
  return undefined;
}

async function fold(list: object, indices: readonly number[], given: readonly unknown[], callback: Callback): Promise<unknown> {
  const there = indices.filter((index) => index in list);
  let total = given[1];
  if (given.length < 2) {
    const first = there.shift();
    if (first === undefined) throw new TypeError('Reduce of empty array with no initial value');
    total = at(list, first);
  }
  for (const index of there) if (index in list) total = await callback(total, at(list, index), index, list);
  return total;
}

function ascending(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}

function at(list: object, index: number): unknown {
  return Reflect.get(list, index);
}

/** `receiver.method(callback, …)`, waiting for what the callback gives. */
export async function callSequentially(receiver: unknown, method: string, ...given: unknown[]): Promise<unknown> {
  const [callback, self] = given;
  const own = ownMethod(receiver, method);
  if (typeof callback !== 'function' || typeof receiver !== 'object' || receiver === null) return await own(...given);
  const call = (...passed: unknown[]): unknown => Reflect.apply(callback, self, passed);
  if (method === 'forEach' && (receiver instanceof Map || receiver instanceof Set) && isLanguages(receiver, method)) {
    for (const [value, key] of receiver instanceof Map ? swapped(receiver) : receiver.entries()) await call(value, key, receiver);
    return undefined;
  }
  const waiting = METHODS[method];
  if (waiting === undefined || !isLanguages(receiver, method)) {
    const invoke = (self: unknown, passed: unknown[]): unknown => Reflect.apply(callback, self, passed);
    return await callOwn(own, method, invoke, given.slice(1));
  }
  const length = 'length' in receiver ? Number(receiver.length) : 0;
  const step: Step = (value, index) => call(value, index, receiver);
  const plain: Callback = (...passed) => Reflect.apply(callback, undefined, passed);
  const result = await waiting({ list: receiver, length, step }, given, plain);
  return ArrayBuffer.isView(receiver) && Array.isArray(result) ? Reflect.construct(receiver.constructor, [result]) : result;
}

/** A method that is not the language's must wait for the callback itself; if it did not, that is said, never passed over. */
async function callOwn(
  own: Callback,
  method: string,
  invoke: (self: unknown, passed: unknown[]) => unknown,
  others: readonly unknown[],
): Promise<unknown> {
  let underWay = 0;
  const counted = function (this: unknown, ...given: unknown[]): unknown {
    const result = invoke(this, given);
    if (!(result instanceof Promise)) return result;
    underWay += 1;
    return result.finally(() => {
      underWay -= 1;
    });
  };
  const answer = own(counted, ...others);
  const hasty = underWay > 0 && !(answer instanceof Promise);
  const result: unknown = await answer;
  if (underWay === 0 && !hasty) return result;
  throw new FiredrillError('await-missing', `.${method}() did not wait for the function it was given.`, {
    hint: 'Call the function in a loop, for (const item of items) …, instead.',
    exitCode: EXIT.experimentWrong,
  });
}

function* swapped(map: Map<unknown, unknown>): Generator<[unknown, unknown]> {
  for (const [key, value] of map) yield [value, key];
}

function ownMethod(receiver: unknown, method: string): Callback {
  const found: unknown = receiver === null || receiver === undefined ? undefined : Reflect.get(Object(receiver), method);
  if (typeof found !== 'function') throw new TypeError(`${method} is not a function of ${String(receiver)}`);
  return (...given) => Reflect.apply(found, receiver, given);
}

/** Whether the receiver's method is the language's, and not one of the script's or host's of the same name. */
function isLanguages(receiver: object, method: string): boolean {
  const found: unknown = Reflect.get(receiver, method);
  const typed: unknown = Object.getPrototypeOf(Uint8Array.prototype);
  const prototypes: unknown[] = [Array.prototype, Map.prototype, Set.prototype, typed];
  return prototypes.some((prototype) => typeof prototype === 'object' && prototype !== null && Reflect.get(prototype, method) === found);
}

/** `Array.from(items, callback, self)`, waiting for what the callback gives. */
export async function fillSequentially(
  _array: unknown,
  _from: string,
  items: unknown,
  callback?: unknown,
  self?: unknown,
): Promise<unknown[]> {
  const values: unknown[] = Array.from(Object(items));
  if (typeof callback !== 'function') return values;
  const made: unknown[] = [];
  for (const [index, value] of values.entries()) made.push(await Reflect.apply(callback, self, [value, index]));
  return made;
}
