import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { insidePidOf, lives, masksIn, parseStat, pidsWithin, processAt } from '../../../runners/agent/processes.ts';

const STAT = '4242 (a (b) c) S 1 4242 4242 0 -1 4194560 1 0 0 0 5 6 0 0 20 0 1 0 987654 1000 200 18446744073709551615 1 1';
const STATUS = 'Name:\tx\nNSpid:\t4242\t17\t3\nSigIgn:\t0000000000001000\nSigCgt:\t0000000000004001\n';

test('a name with brackets and spaces is read whole, and the start is the 22nd field', () => {
  assert.deepEqual(parseStat(STAT), { name: 'a (b) c', state: 'S', startTicks: '987654' });
  assert.equal(parseStat('nonsense'), undefined);
});

test('the number inside is that of the innermost namespace', () => {
  assert.equal(insidePidOf(STATUS), 3);
  assert.equal(insidePidOf('Name:\tx\n'), undefined);
});

test('signals that are caught and ignored are bits from 1 on', () => {
  assert.deepEqual(masksIn(STATUS), { caught: 0x4001n, ignored: 0x1000n });
});

test('the processes of a control group are those in it and in the groups below, also where one lists none', (t) => {
  const group = mkdtempSync(join(tmpdir(), 'firedrill-group-'));
  t.after(() => rmSync(group, { recursive: true }));
  mkdirSync(join(group, 'below', 'deep'), { recursive: true });
  writeFileSync(join(group, 'cgroup.procs'), '12\n7\n');
  writeFileSync(join(group, 'below', 'deep', 'cgroup.procs'), '99\n');
  assert.deepEqual(pidsWithin(group), [12, 7, 99]);
  assert.throws(() => pidsWithin(join(group, 'gone')), /ENOENT/);
});

test('this very process lives; one of its number that began at another time does not', () => {
  const own = processAt(process.pid);
  assert.ok(own);
  assert.equal(own.insidePid > 0, true);
  assert.equal(lives(own), true);
  assert.equal(lives({ pid: own.pid, startTicks: '1' }), false);
});
