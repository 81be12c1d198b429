import assert from 'node:assert/strict';
import { test } from 'node:test';
import { named } from './checker/naming.ts';

const ADDRESSES = new Map([
  ['172.18.0.1', 'gate'],
  ['172.18.0.15', 'front'],
  ['02:42:ac:12:00:0f', 'front'],
  ['fd00::f', 'front'],
]);

const NAMED: Readonly<Record<string, string>> = {
  '-j DNAT --to-destination 172.18.0.15:8080': '-j DNAT --to-destination <front>:8080',
  '-d 172.18.0.15/32 -p tcp': '-d <front>/32 -p tcp',
  '172.18.0.150 and 172.18.0.15.1': '172.18.0.150 and 172.18.0.15.1',
  'via 172.18.0.1 dev eth0': 'via <gate> dev eth0',
  'lladdr 02:42:ac:12:00:0f': 'lladdr <front>',
  'fd00::f, fd00::f:1 and 1fd00::f': '<front>, fd00::f:1 and 1fd00::f',
};

for (const [line, expected] of Object.entries(NAMED)) {
  test(`whole addresses get the name of their owner: ${line}`, () => {
    assert.deepEqual(named({ routes: [line] }, ADDRESSES), { routes: [expected] });
  });
}
