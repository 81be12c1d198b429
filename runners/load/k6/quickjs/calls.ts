/** The functions of QuickJS's C interface that are used, by what they do. */
import type { QuickJsModule } from './engine.ts';

/** A call during which what runs inside may stand still. */
type Waiting = (...given: readonly (number | string)[]) => Promise<number>;
type Plain = (...given: readonly (number | string)[]) => number;

/** What is called for each value and each call; pointers are numbers. */
export interface Calls {
  readonly evaluate: Plain;
  readonly call: Waiting;
  readonly jobs: Waiting;
  readonly isJobPending: Plain;
  readonly exceptionOf: Plain;
  readonly dump: Plain;
  readonly newFunction: Plain;
  readonly newText: Plain;
  readonly newNumber: Plain;
  readonly newBytes: Plain;
  readonly copy: Plain;
  readonly free: Plain;
  readonly textOf: Plain;
  readonly freeText: Plain;
  readonly numberOf: Plain;
  readonly bytesOf: Plain;
  readonly bytesLength: Plain;
  readonly given: Plain;
}

/** A call that never stands still, of numbers only. */
export function plainCall(module: QuickJsModule, name: string, count: number): Plain {
  return module.cwrap(name, 'number', numbers(count));
}

export function callsOf(module: QuickJsModule): Calls {
  const plain = (name: string, count: number): Plain => plainCall(module, name, count);
  const waiting = (name: string, count: number): Waiting => module.cwrap(name, 'number', numbers(count), { async: true });
  return {
    evaluate: module.cwrap('QTS_Eval', 'number', ['number', 'number', 'number', 'string', 'number', 'number']),
    call: waiting('QTS_Call', 5),
    jobs: waiting('QTS_ExecutePendingJob', 3),
    isJobPending: plain('QTS_IsJobPending', 1),
    exceptionOf: plain('QTS_ResolveException', 2),
    dump: plain('QTS_Dump', 2),
    newFunction: module.cwrap('QTS_NewFunction', 'number', ['number', 'string', 'number', 'boolean', 'number']),
    newText: plain('QTS_NewString', 2),
    newNumber: plain('QTS_NewFloat64', 2),
    newBytes: plain('QTS_NewArrayBuffer', 3),
    copy: plain('QTS_DupValuePointer', 2),
    free: plain('QTS_FreeValuePointer', 2),
    textOf: plain('QTS_GetString', 2),
    freeText: plain('QTS_FreeCString', 2),
    numberOf: plain('QTS_GetFloat64', 2),
    bytesOf: plain('QTS_GetArrayBuffer', 2),
    bytesLength: plain('QTS_GetArrayBufferLength', 2),
    given: plain('QTS_ArgvGetJSValueConstPointer', 2),
  };
}

function numbers(count: number): readonly string[] {
  return Array.from({ length: count }, () => 'number');
}
