/**
 * What runners/load/k6/quickjs stands on in the compiled QuickJS: names of its C interface, and how they behave. A silent
 * change there would be a silent lie in every script that runs on it.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { callsOf, plainCall } from '../../../../../runners/load/k6/quickjs/calls.ts';
import { type Callbacks, loadEngine, QUICKJS_PACKAGE, type QuickJsModule } from '../../../../../runners/load/k6/quickjs/engine.ts';
import { Machine, type Outside } from '../../../../../runners/load/k6/quickjs/machine.ts';

const NAMES = [
  'QTS_NewRuntime',
  'QTS_FreeRuntime',
  'QTS_RuntimeSetMemoryLimit',
  'QTS_RuntimeSetMaxStackSize',
  'QTS_RuntimeEnableInterruptHandler',
  'QTS_NewContext',
  'QTS_GetUndefined',
  'QTS_GetFalse',
  'QTS_Eval',
  'QTS_Call',
  'QTS_ExecutePendingJob',
  'QTS_IsJobPending',
  'QTS_ResolveException',
  'QTS_Dump',
  'QTS_NewFunction',
  'QTS_NewString',
  'QTS_NewFloat64',
  'QTS_NewArrayBuffer',
  'QTS_DupValuePointer',
  'QTS_FreeValuePointer',
  'QTS_GetString',
  'QTS_FreeCString',
  'QTS_GetFloat64',
  'QTS_GetArrayBuffer',
  'QTS_GetArrayBufferLength',
  'QTS_ArgvGetJSValueConstPointer',
  'malloc',
  'free',
];

const SILENT: Callbacks = { callFunction: () => 0, freeHostRef: () => {}, shouldInterrupt: () => 0 };
const NOBODY: Outside = { tell: () => undefined, wait: async () => undefined, interrupts: () => false };

async function instance(): Promise<QuickJsModule> {
  const engine = await loadEngine();
  assert.ok(engine);
  return engine.instance();
}

/** A context, and a text as its memory has it. */
async function contextOf(interrupts = false) {
  const module = await instance();
  module.callbacks = { ...SILENT, shouldInterrupt: () => (interrupts ? 1 : 0) };
  const calls = callsOf(module);
  const runtime = plainCall(module, 'QTS_NewRuntime', 0)();
  plainCall(module, 'QTS_RuntimeEnableInterruptHandler', 1)(runtime);
  const context = plainCall(module, 'QTS_NewContext', 2)(runtime, 0);
  const heap = () => Buffer.from(module.HEAPU8.buffer);
  const textAt = (pointer: number) => heap().toString('utf8', pointer, heap().indexOf(0, pointer));
  const place = (bytes: Uint8Array) => {
    const pointer = module._malloc(bytes.length + 1);
    heap().set([...bytes, 0], pointer);
    return pointer;
  };
  const evaluate = (code: string) => calls.evaluate(context, place(Buffer.from(code)), Buffer.byteLength(code), 'here.js', 0, 0);
  return { module, calls, runtime, context, heap, textAt, place, evaluate };
}

test('the version is the one that this was written against', () => {
  const { optionalDependencies } = JSON.parse(readFileSync(new URL('../../../../../package.json', import.meta.url), 'utf8'));
  const main = createRequire(import.meta.url).resolve(QUICKJS_PACKAGE);
  const folder = main.slice(0, main.indexOf(QUICKJS_PACKAGE) + QUICKJS_PACKAGE.length);
  assert.equal(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version, optionalDependencies[QUICKJS_PACKAGE]);
});

test('every function of its C interface that is called is there', async () => {
  const module = await instance();
  for (const name of NAMES) assert.equal(typeof Reflect.get(module, `_${name}`), 'function', name);
});

test('values go in and out as numbers, texts and bytes; a text ends at its first 0', async () => {
  const { calls, context, textAt, place, heap, evaluate } = await contextOf();
  assert.equal(calls.numberOf(context, evaluate('6 * 7.5')), 45);
  assert.equal(textAt(calls.textOf(context, evaluate("'grün' + '\\u{1f600}'"))), 'grün😀');
  const cut = calls.newText(context, place(Buffer.from('ab\0cd')));
  assert.equal(textAt(calls.textOf(context, cut)), 'ab');
  const buffer = calls.newBytes(context, place(Buffer.from([1, 0, 255])), 3);
  assert.equal(calls.bytesLength(context, buffer), 3);
  const at = calls.bytesOf(context, buffer);
  assert.deepEqual([...heap().subarray(at, at + 3)], [1, 0, 255]);
});

test('what is thrown is told by a value of its own, as JSON with name, message and stack', async () => {
  const { calls, context, textAt, evaluate } = await contextOf();
  assert.equal(calls.exceptionOf(context, evaluate('1')), 0);
  const exception = calls.exceptionOf(context, evaluate("(function thrower() { throw new TypeError('no') })()"));
  assert.notEqual(exception, 0);
  const { name, message, stack } = JSON.parse(textAt(calls.dump(context, exception)));
  assert.deepEqual([name, message], ['TypeError', 'no']);
  assert.match(stack, /at thrower \(here\.js:1/);
});

test('jobs of promises wait until they are run, all of them, and their count is a number', async () => {
  const { calls, runtime, context, place, evaluate } = await contextOf();
  evaluate('globalThis.seen = 0; for (let n = 0; n < 3; n += 1) Promise.resolve().then(() => { seen += 1; });');
  assert.equal(calls.isJobPending(runtime), 1);
  const ran = await calls.jobs(runtime, -1, place(new Uint8Array(4)));
  assert.equal(calls.numberOf(context, ran), 3);
  assert.equal(calls.isJobPending(runtime), 0);
  assert.equal(calls.numberOf(context, evaluate('seen')), 3);
});

test('an endless loop is ended by an error that nothing inside catches', async () => {
  const { calls, context, textAt, evaluate } = await contextOf(true);
  const exception = calls.exceptionOf(context, evaluate('try { for (;;); } catch { } finally { for (;;); } 1'));
  assert.match(textAt(calls.dump(context, exception)), /interrupted/);
});

test('a call out stands still, deep in recursion too, and goes on with the answer', async () => {
  const asked: string[] = [];
  const machine = new Machine(await instance(), {
    ...NOBODY,
    wait: async (_what, text) => {
      asked.push(text);
      await new Promise((resolve) => setImmediate(resolve));
      return `v${text}!`;
    },
  });
  const opener = machine.evaluate(
    '(function (tell, wait) { const deep = (n, text) => (n === 0 ? wait(0, text) : deep(n - 1, text)); return (what, text) => deep(what, text); })',
    'inside.js',
  );
  const entrance = await machine.invoke(opener, machine.handIn());
  assert.equal(await machine.call(entrance, 0, 'a'), 'va!');
  assert.equal(await machine.call(entrance, 200, 'b'), 'vb!');
  assert.deepEqual(asked, ['a', 'b']);
});

test('a memory that is copied is the same machine, by the same pointers', async () => {
  const first = new Machine(await instance(), NOBODY);
  const opener = first.evaluate('(function () { let count = 41; return () => String((count += 1)); })', 'inside.js');
  const entrance = await first.invoke(opener, []);
  const image = first.image();
  const engine = await loadEngine();
  assert.ok(engine);
  const others = await Promise.all([1, 2].map(async () => new Machine(await engine.instance(image.bytes), NOBODY, image)));
  for (const other of others) assert.equal(await other.call(entrance, 0, ''), '42', 'each has a state of its own');
});
