import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { test } from 'node:test';
import { fileLimitIn, lastingAmong, limitLeaving, openFilesOf, ownerIn } from '../../../runners/agent/open-files.ts';

const LIMITS = `Limit                     Soft Limit           Hard Limit           Units
Max cpu time              unlimited            unlimited            seconds
Max open files            1024                 1048576              files
Max locked memory         65536                65536                bytes
`;

test('the limit of open files is read from among the others; of a process that has ended there is none', () => {
  assert.deepEqual(fileLimitIn(LIMITS), { soft: 1024, hard: 1_048_576 });
  assert.equal(fileLimitIn(''), undefined);
});

test('whose a process is counts only where its real, effective and saved ids agree', () => {
  assert.deepEqual(ownerIn('Name:\tx\nUid:\t999\t999\t999\t999\nGid:\t998\t998\t998\t998\n'), { user: 999, group: 998 });
  assert.equal(ownerIn('Uid:\t999\t0\t999\t0\nGid:\t998\t998\t998\t998\n'), undefined);
  assert.equal(ownerIn('Uid:\t999\t999\t999\t999\nGid:\t998\t998\t0\t998\n'), undefined);
  assert.equal(ownerIn('Name:\tx\n'), undefined);
});

test('the limit is the number from which on nothing is given out, so that gaps below it count as room', () => {
  assert.equal(limitLeaving([0, 1, 2], 0), 3);
  assert.equal(limitLeaving([0, 1, 2], 2), 5);
  assert.equal(limitLeaving([0, 1, 2, 5, 6, 90], 0), 3);
  assert.equal(limitLeaving([0, 1, 2, 5, 6, 90], 2), 7);
  assert.equal(limitLeaving([], 0), 0);
});

test('of this very process the kernel tells what is open; of one that is gone nothing is told', () => {
  const own = openFilesOf(process.pid);
  assert.ok(own);
  assert.ok(own.numbers.includes(0));
  assert.ok(own.limit.soft >= own.numbers.length);
  assert.ok(own.lasting().includes(0));
  assert.equal(own.owner?.user, process.getuid?.());
  // Beyond the kernel's highest number.
  assert.equal(openFilesOf(2 ** 30), undefined);
});

test('connections are told from what lasts: a listener stays, both ends of a connection do not', async () => {
  const descriptorOf = (each: unknown) => (each as { _handle: { fd: number } })._handle.fd;
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const socket = connect(typeof address === 'object' && address ? address.port : 0, '127.0.0.1');
  const [other] = await once(server, 'connection');
  try {
    const own = openFilesOf(process.pid);
    const lasting = own?.lasting() ?? [];
    for (const each of [server, socket, other]) assert.ok(own?.numbers.includes(descriptorOf(each)));
    assert.deepEqual(
      [server, socket, other].map((each) => lasting.includes(descriptorOf(each))),
      [true, false, false],
    );
  } finally {
    socket.destroy();
    other.destroy();
    server.close();
  }
});

test('what closes or comes while the kernel is asked for connections does not last, though its list has it no more or not yet', () => {
  const listener = [3, 'socket:[30]'] as const;
  const log = [1, '/var/log/x'] as const;
  const before = new Map([log, listener, [4, 'socket:[40]'], [5, 'socket:[50]'], [6, 'socket:[60]']]);
  const after = new Map([log, listener, [5, 'socket:[51]'], [6, 'socket:[60]'], [7, 'socket:[70]']]);
  assert.deepEqual(lastingAmong(before, new Set(['60', '51']), after), [1, 3]);
});
