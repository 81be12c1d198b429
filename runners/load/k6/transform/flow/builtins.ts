/** What the language's own functions do with what they are given, by their names. */

/**
 * Who calls the functions that are given.
 * - `sequential`: the function itself, for each element; ours, which wait, can stand in for it.
 * - `later`: somebody, after it has returned, and a promise is welcome there.
 * - `never`: nobody.
 * - `unknown`: anything may happen.
 */
export type BuiltinKind = 'sequential' | 'later' | 'never' | 'unknown';

/**
 * What comes back: nothing that matters, the receiver or what is as good (a copy, an iterator), one of its elements, a list
 * of what the callback gives, what the callback gives or was given.
 */
export type Gives = 'plain' | 'receiver' | 'element' | 'list of results' | 'result' | 'anything';

export interface Builtin {
  readonly kind: BuiltinKind;
  readonly gives: Gives;
  /** The arguments are kept in the receiver. */
  readonly keeps?: boolean;
}

const sequential = (gives: Gives): Builtin => ({ kind: 'sequential', gives });
const never = (gives: Gives): Builtin => ({ kind: 'never', gives });
const keeping = (gives: Gives): Builtin => ({ kind: 'never', gives, keeps: true });
const later: Builtin = { kind: 'later', gives: 'result' };
const unknown: Builtin = { kind: 'unknown', gives: 'anything' };

const PROMISE_METHODS = new Set(['catch', 'finally', 'then']);

/** Methods of lists, maps, sets and iterators. */
const METHODS: Readonly<Record<string, Builtin>> = {
  // Of a socket of k6/ws, which waits for them by itself.
  on: { kind: 'later', gives: 'plain' },
  setInterval: { kind: 'later', gives: 'plain' },
  setTimeout: { kind: 'later', gives: 'plain' },
  // Of a selection of k6/html, which waits by itself.
  each: sequential('receiver'),
  every: sequential('plain'),
  filter: sequential('receiver'),
  find: sequential('element'),
  findIndex: sequential('plain'),
  findLast: sequential('element'),
  findLastIndex: sequential('plain'),
  flatMap: sequential('list of results'),
  forEach: sequential('plain'),
  map: sequential('list of results'),
  reduce: sequential('result'),
  reduceRight: sequential('result'),
  some: sequential('plain'),
  add: keeping('receiver'),
  concat: keeping('receiver'),
  fill: keeping('receiver'),
  push: keeping('plain'),
  set: keeping('receiver'),
  splice: keeping('receiver'),
  toSpliced: keeping('receiver'),
  unshift: keeping('plain'),
  with: keeping('receiver'),
  at: never('element'),
  get: never('element'),
  next: never('element'),
  pop: never('element'),
  shift: never('element'),
  bind: never('plain'),
  delete: never('plain'),
  has: never('plain'),
  hasOwnProperty: never('plain'),
  includes: never('plain'),
  indexOf: never('plain'),
  isPrototypeOf: never('plain'),
  join: never('plain'),
  lastIndexOf: never('plain'),
  toString: never('plain'),
  entries: never('receiver'),
  flat: never('receiver'),
  keys: never('plain'),
  reverse: never('receiver'),
  slice: never('receiver'),
  toReversed: never('receiver'),
  values: never('receiver'),
};

export const SEQUENTIAL_METHODS: ReadonlySet<string> = new Set(
  Object.entries(METHODS).flatMap(([name, { kind }]) => (kind === 'sequential' ? [name] : [])),
);

/** Globals of which nothing calls or gives back a function that it is given. */
const PURE_ROOTS = new Set([
  'BigInt',
  'Boolean',
  'Date',
  'Error',
  'Math',
  'Number',
  'RangeError',
  'RegExp',
  'String',
  'Symbol',
  'TypeError',
  'console',
  'decodeURIComponent',
  'encodeURIComponent',
  'isFinite',
  'isNaN',
  'parseFloat',
  'parseInt',
]);

/** Globals whose functions work on their arguments as methods work on their receiver. */
const STATIC_ROOTS = new Set(['Array', 'Map', 'Object', 'Promise', 'Set', 'WeakMap', 'WeakSet']);

/** Roots whose call makes a list of what it is given. */
export const LIST_ROOTS: ReadonlySet<string> = new Set(['Array', 'Map', 'Set', 'WeakMap', 'WeakSet']);

export interface BuiltinCall {
  readonly method: string | undefined;
  readonly root: string | undefined;
}

export function builtinOf({ method, root }: BuiltinCall): Builtin {
  if (root !== undefined && PURE_ROOTS.has(root)) return never('plain');
  if (isStatic({ method, root })) return root === 'Array' && method === 'from' ? sequential('list of results') : never('anything');
  if (method === undefined) return root === 'queueMicrotask' ? { kind: 'later', gives: 'plain' } : unknown;
  if (PROMISE_METHODS.has(method)) return later;
  const known = Object.hasOwn(METHODS, method) ? METHODS[method] : undefined;
  return known ?? unknown;
}

/** `Object.keys(…)`, `Array.from(…)`, `new Map(…)`: not a method of a list, and not `new Promise(…)`. */
export function isStatic({ method, root }: BuiltinCall): boolean {
  if (root === undefined || !STATIC_ROOTS.has(root)) return false;
  return method === undefined ? root !== 'Promise' : !PROTOTYPE_WAYS.has(method);
}
/** `Array.prototype.forEach.call(…)` has the root `Array` and is none of its functions. */
const PROTOTYPE_WAYS = new Set(['apply', 'bind', 'call']);

/** Where the callback of a sequential function stands among its arguments. */
export function callbackIndex({ root, method }: BuiltinCall): number {
  return root === 'Array' && method === 'from' ? 1 : 0;
}
