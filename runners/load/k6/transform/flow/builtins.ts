/** What the language's own functions do with the functions that they are given. */

/**
 * - `sequential`: calls its first argument for each element; ours, which wait, can stand in for it.
 * - `later`: calls what it is given after it has returned, and a promise is welcome there.
 * - `storing`: puts what it is given into its receiver, or its first argument, calling nothing.
 * - `inert`: gives back what it is given or finds in its receiver, keeping and calling nothing.
 * - `pure`: gives back nothing of what it is given.
 * - `unknown`: anything may happen.
 */
export type BuiltinKind = 'sequential' | 'later' | 'storing' | 'inert' | 'pure' | 'unknown';

/** Array methods, and `forEach` of maps and sets, for which there is one that waits; `each` of k6/html waits by itself. */
export const SEQUENTIAL_METHODS: ReadonlySet<string> = new Set([
  'each',
  'every',
  'filter',
  'find',
  'findIndex',
  'findLast',
  'findLastIndex',
  'flatMap',
  'forEach',
  'map',
  'reduce',
  'reduceRight',
  'some',
]);

const LATER_METHODS = new Set(['catch', 'finally', 'then']);

const STORING_METHODS = new Set([
  'add',
  'assign',
  'concat',
  'defineProperties',
  'defineProperty',
  'fill',
  'push',
  'set',
  'setPrototypeOf',
  'splice',
  'toSpliced',
  'unshift',
  'with',
]);

const INERT_METHODS = new Set([
  'all',
  'allSettled',
  'any',
  'at',
  'bind',
  'create',
  'delete',
  'entries',
  'freeze',
  'fromEntries',
  'get',
  'getOwnPropertyNames',
  'getPrototypeOf',
  'has',
  'hasOwn',
  'hasOwnProperty',
  'includes',
  'indexOf',
  'isArray',
  'isPrototypeOf',
  'join',
  'keys',
  'lastIndexOf',
  'of',
  'pop',
  'preventExtensions',
  'race',
  'resolve',
  'reject',
  'reverse',
  'seal',
  'shift',
  'slice',
  'toReversed',
  'toString',
  'values',
]);

/** Globals of which nothing calls or gives back a function that it is given. */
const PURE_ROOTS = new Set([
  'BigInt',
  'Boolean',
  'Date',
  'Math',
  'Number',
  'String',
  'Symbol',
  'console',
  'decodeURIComponent',
  'encodeURIComponent',
  'isFinite',
  'isNaN',
  'parseFloat',
  'parseInt',
]);

const STORING_ROOTS = new Set(['Array', 'Map', 'Object', 'Set', 'WeakMap', 'WeakSet']);

export interface BuiltinCall {
  readonly method: string | undefined;
  readonly root: string | undefined;
}

export function builtinKind({ method, root }: BuiltinCall): BuiltinKind {
  if (root !== undefined && PURE_ROOTS.has(root)) return 'pure';
  if (method === undefined) {
    if (root === 'queueMicrotask') return 'later';
    return root !== undefined && STORING_ROOTS.has(root) ? 'storing' : 'unknown';
  }
  if (SEQUENTIAL_METHODS.has(method) || (root === 'Array' && method === 'from')) return 'sequential';
  if (LATER_METHODS.has(method)) return 'later';
  if (STORING_METHODS.has(method)) return 'storing';
  return INERT_METHODS.has(method) ? 'inert' : 'unknown';
}

/** Where the callback of a sequential function stands among its arguments. */
export function callbackIndex({ root, method }: BuiltinCall): number {
  return root === 'Array' && method === 'from' ? 1 : 0;
}
