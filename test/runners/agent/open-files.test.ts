import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileLimitIn, limitLeaving, openFilesOf, ownerIn } from '../../../runners/agent/open-files.ts';

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
  assert.equal(own.owner?.user, process.getuid?.());
  // Beyond the kernel's highest number.
  assert.equal(openFilesOf(2 ** 30), undefined);
});
