import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selectJson } from '../../../../../../runners/load/k6/modules/http/json-select.ts';

const SHOP = {
  shop: { name: 'Corner', open: true },
  'odd.key': 'found',
  codes: [3, 14, 15],
  letters: ['alpha', 'beta', 'gamma'],
  carts: [
    { owner: 'Ann', total: 44, items: ['tea', 'jam'], sizes: [{ n: 1 }, { n: 2 }] },
    { owner: 'Bob', total: 68, items: ['jam'], sizes: [{ n: 3 }] },
    { owner: 'Cid', total: 47, items: [], sizes: [], gift: null },
  ],
};

const cases: Record<string, unknown> = {
  'shop.name': 'Corner',
  'shop|name': 'Corner',
  'shop.open': true,
  'shop.absent': undefined,
  'odd\\.key': 'found',
  'o?d*': 'found',
  'codes.1': 14,
  'codes.9': undefined,
  'codes.x': undefined,
  'codes.#': 3,
  'carts.#': 3,
  'carts.#.total': [44, 68, 47],
  'carts.#.gift': [null],
  'carts.#.sizes.#.n': [[1, 2], [3], []],
  'carts.#.sizes.#': [2, 1, 0],
  'carts.1.owner': 'Bob',
  'carts.#(owner=="Bob").total': 68,
  'carts.#(owner="Bob").total': 68,
  'carts.#(total>45)#.owner': ['Bob', 'Cid'],
  'carts.#(total>=47)#.owner': ['Bob', 'Cid'],
  'carts.#(total<45).owner': 'Ann',
  'carts.#(owner%"A*").total': 44,
  'carts.#(owner!%"A*").total': 68,
  'carts.#(owner!="Ann")#.total': [68, 47],
  'carts.#(owner=="Nobody").total': undefined,
  'carts.#(owner=="Nobody")#.total': [],
  'carts.#(items.#(=="tea"))#.owner': ['Ann'],
  'carts.#(gift==null).owner': 'Cid',
  'carts.#(gift).owner': 'Cid',
  'carts.#(total>45)#|0.owner': 'Bob',
  'carts.#(total>45)#|#': 2,
  'carts.#(total>45)#.#': [],
  'carts.#.owner|1': 'Bob',
  'letters.#(%"*a").@this': 'alpha',
  'letters.#(%"b*")': 'beta',
  'letters.@reverse.0': 'gamma',
  'shop.@keys': ['name', 'open'],
  'shop.@values': ['Corner', true],
  'carts.#.items|@flatten': ['tea', 'jam', 'jam'],
  ['__proto__']: undefined,
  'shop.constructor': undefined,
};

for (const [path, expected] of Object.entries(cases)) {
  test(`the JSON path ${path}`, () => assert.deepEqual(selectJson(SHOP, path), expected));
}

test('a query in brackets may hold dots, pipes and quotes', () => {
  const list = [{ v: 'a.b|c)' }, { v: 'x' }];
  assert.deepEqual(selectJson(list, '#(v=="a.b|c)").v'), 'a.b|c)');
});

test('what is not supported is said', () => {
  assert.throws(() => selectJson(SHOP, '{shop.name,codes}'), /uses \{, which is not supported/);
  assert.throws(() => selectJson(SHOP, 'shop.@upper'), /'@upper' is not supported; there are @this/);
  assert.throws(() => selectJson(SHOP, 'carts.#(owner==Bob).total'), /compares with 'Bob'; write a text in double quotes/);
  assert.throws(() => selectJson(SHOP, 'carts.#(owner=="Bob"'), /not closed/);
});
