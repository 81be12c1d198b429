import assert from 'node:assert/strict';
import { test } from 'node:test';
import vm from 'node:vm';
import { eraseAsync } from '../../../../../runners/load/k6/quickjs/erase-async.ts';

const FORMS: Readonly<Record<string, string>> = {
  'a declaration': 'async function go() { return await step(1); } go()',
  'an expression': 'const go = async function () { return await step(1); }; go()',
  'an arrow': 'const go = async (n) => (await step(n)) + 0; go(1)',
  'an arrow of one parameter': 'const go = async n => await step(n); go(1)',
  'a method': 'const all = { async go() { return await step(1); } }; all.go()',
  'a method without a space': 'const all={async["go"](){return await(0,step)(1)}};all.go()',
  'a method of a class':
    'class All { static async go() { return await this.#step(); } static async #step() { return await step(1); } } All.go()',
  'a property that is called async': 'const all = { async: 1, await_: step(1) }; all.async * all.await_',
  'a function in a function': 'async function go() { const inner = async () => await step(1); return await inner(); } go()',
};

for (const [title, code] of Object.entries(FORMS)) {
  test(`${title} blocks where it waited`, () => {
    assert.equal(vm.runInNewContext(eraseAsync(code), { step: (n: number) => n }), 1);
  });
}

test('code that does not wait stays as it is', () => {
  const code = 'function asynchronous() { const awaited = { async: 1 }; return awaited.async; }';
  assert.equal(eraseAsync(code), code);
});

test('a loop over what comes later is refused', () => {
  assert.throws(() => eraseAsync('async function go() { for await (const one of all) one; }'), /for await/);
});
