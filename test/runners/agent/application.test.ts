import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missing } from '../../../runners/agent/application/hold.ts';
import { encodeCommand } from '../../../runners/agent/application/redis-line.ts';
import { hostsIn, nameServersIn } from '../../../runners/agent/names-of-target.ts';
import { expected } from '../../../runners/agent/operations/call.ts';

test('a command to Redis says its lengths in bytes, so that no word can end it', () => {
  assert.equal(encodeCommand(['AUTH', 'ö\r\nQUIT']), '*2\r\n$4\r\nAUTH\r\n$8\r\nö\r\nQUIT\r\n');
});

test('sessions are held up to the number asked for, and never more than are free', () => {
  assert.equal(missing({ max: 100, used: 20, ours: 1 }, 10, 0), 9);
  assert.equal(missing({ max: 100, used: 20, ours: 10 }, 10, 0), 0);
  assert.equal(missing({ max: 100, used: 97, ours: 1 }, 10, 0), 3);
  assert.equal(missing({ max: 100, used: 102, ours: 1 }, 10, 0), 0);
});

test('without a number all that are free are held but those to leave, those that others give back too', () => {
  assert.equal(missing({ max: 100, used: 20, ours: 1 }, undefined, 0), 80);
  assert.equal(missing({ max: 100, used: 20, ours: 1 }, undefined, 5), 75);
  assert.equal(missing({ max: 100, used: 93, ours: 74 }, undefined, 5), 2);
  assert.equal(missing({ max: 100, used: 99, ours: 74 }, undefined, 5), 0);
});

test('names are found as the target finds them: its hosts first, then its name servers', () => {
  assert.deepEqual(hostsIn('127.0.0.1\tlocalhost\n# 10.0.0.9 old\n10.0.0.1 db db.internal # the first\n10.0.0.2 db\n'), {
    localhost: '127.0.0.1',
    db: '10.0.0.1',
    'db.internal': '10.0.0.1',
  });
  assert.deepEqual(nameServersIn('search a\nnameserver 127.0.0.11\n#nameserver 9.9.9.9\n nameserver ::1\noptions ndots:0\n'), [
    '127.0.0.11',
    '::1',
  ]);
});

test('without statuses any success is expected, with them only those', () => {
  assert.deepEqual(
    [200, 204, 299, 301, 500].map((status) => expected({ expect: [] }, status)),
    [true, true, true, false, false],
  );
  assert.deepEqual(
    [200, 404].map((status) => expected({ expect: [404] }, status)),
    [false, true],
  );
});
