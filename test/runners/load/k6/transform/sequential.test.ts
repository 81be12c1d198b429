import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callSequentially, fillSequentially } from '../../../../../runners/load/k6/transform/sequential.ts';

/** A list with holes at 1 and 3. */
function holed(): number[] {
  const list = [3, 0, 1, 0, 2];
  delete list[1];
  delete list[3];
  return list;
}

const LISTS: readonly (readonly number[])[] = [[], [1], [1, 2, 3, 4], holed()];
const CALLBACKS: Readonly<Record<string, (...given: number[]) => unknown>> = {
  forEach: (n) => n,
  map: (n, index) => `${n} at ${index}`,
  filter: (n) => n !== undefined && n % 2 === 1,
  some: (n) => n === 2,
  every: (n) => n > 0,
  find: (n) => n === undefined || n > 2,
  findIndex: (n) => n > 1,
  findLast: (n) => n < 4,
  findLastIndex: (n) => n === 9,
  flatMap: (n, index) => (index % 2 === 0 ? [n, [n]] : n),
};

for (const [method, callback] of Object.entries(CALLBACKS)) {
  test(`${method} gives what the language's gives, calling in the same order`, async () => {
    for (const list of LISTS) {
      const seen: unknown[][] = [[], []];
      const spy = (calls: unknown[] | undefined, ...given: unknown[]): unknown => {
        calls?.push(given.slice(0, 2));
        return callback(...(given as number[]));
      };
      const plain: unknown = Reflect.get(list, method).call(list, (...given: unknown[]) => spy(seen[0], ...given));
      const waited = await callSequentially(list, method, async (...given: unknown[]) => {
        await undefined;
        return spy(seen[1], ...given);
      });
      assert.deepEqual(waited, plain);
      assert.deepEqual(seen[1], seen[0]);
    }
  });
}

for (const method of ['reduce', 'reduceRight']) {
  test(`${method} folds as the language does, with and without a beginning`, async () => {
    for (const list of LISTS) {
      const join = (all: unknown, n: unknown, index: unknown): string => `${String(all)},${String(n)}@${String(index)}`;
      const plain: unknown = Reflect.get(list, method).call(list, join, 'start');
      assert.equal(await callSequentially(list, method, async (...given: [unknown, unknown, unknown]) => join(...given), 'start'), plain);
      if (list.length === 0) {
        await assert.rejects(callSequentially(list, method, join), TypeError);
        continue;
      }
      assert.equal(
        await callSequentially(list, method, async (...given: [unknown, unknown, unknown]) => join(...given)),
        Reflect.get(list, method).call(list, join),
      );
    }
  });
}

test('forEach of a map and a set sees what is added on the way', async () => {
  const seen: unknown[] = [];
  const map = new Map([['a', 1]]);
  await callSequentially(map, 'forEach', async (value: unknown, key: unknown) => {
    seen.push([key, value]);
    if (map.size < 3) map.set(`more ${map.size}`, map.size);
  });
  await callSequentially(new Set(['x']), 'forEach', async (value: unknown, key: unknown) => seen.push([key, value]));
  assert.deepEqual(seen, [
    ['a', 1],
    ['more 1', 1],
    ['more 2', 2],
    ['x', 'x'],
  ]);
});

test('a method of the object’s own is asked for and awaited', async () => {
  const own = { items: [1, 2], map: async (callback: (n: number) => unknown) => [await callback(7)] };
  assert.deepEqual(await callSequentially(own, 'map', async (n: unknown) => n), [7]);
  const overridden = Object.assign([1], { forEach: () => 'own' });
  assert.equal(await callSequentially(overridden, 'forEach', () => 1), 'own');
});

test('a mistake is the language’s own', async () => {
  await assert.rejects(
    callSequentially(undefined, 'map', () => 1),
    TypeError,
  );
  await assert.rejects(callSequentially([1], 'map', 'no function'), TypeError);
  await assert.rejects(
    callSequentially({}, 'forEach', () => 1),
    /forEach is not a function/,
  );
});

test('what the callback throws ends it', async () => {
  const seen: number[] = [];
  const run = callSequentially([1, 2, 3], 'forEach', async (n: number) => {
    seen.push(n);
    if (n === 2) throw new Error('enough');
  });
  await assert.rejects(run, /enough/);
  assert.deepEqual(seen, [1, 2]);
});

test('a typed list stays one', async () => {
  assert.deepEqual(await callSequentially(Uint8Array.of(1, 2), 'map', async (n: number) => n * 2), Uint8Array.of(2, 4));
});

test('Array.from waits for its callback and takes lists, lengths and text', async () => {
  assert.deepEqual(await fillSequentially(Array, 'from', { length: 2 }, async (_: unknown, index: number) => index), [0, 1]);
  assert.deepEqual(await fillSequentially(Array, 'from', 'ab', async (letter: string) => letter.toUpperCase()), ['A', 'B']);
  assert.deepEqual(await fillSequentially(Array, 'from', new Set([1])), [1]);
});

test('a method that does not wait for its callback is named', async () => {
  const hasty = { filter: (callback: (n: number) => unknown) => [1, 2].filter((n) => Boolean(callback(n))) };
  await assert.rejects(
    callSequentially(hasty, 'filter', async (n: number) => n > 1),
    { code: 'await-missing', message: '.filter() did not wait for the function it was given.' },
  );
  assert.deepEqual(await callSequentially(hasty, 'filter', (n: number) => n > 1), [2]);
});
