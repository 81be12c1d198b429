import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeStress, judgeThrottle } from '../../../runners/agent/cpu-proof.ts';
import { canariesOf, judgeCanary } from '../../../runners/agent/disk-canary.ts';
import { type BlockDevices, deviceNumber, diskNamed, upperDirectory, wholeDisk } from '../../../runners/agent/disk-device.ts';
import { roomToTake } from '../../../runners/agent/disk-room.ts';
import { availableBytes } from '../../../runners/agent/host-memory.ts';
import { loweredMemory, pressureBytes } from '../../../runners/agent/memory-amounts.ts';
import { loweredQuota } from '../../../runners/agent/operations/cpu-throttle.ts';
import { loweredRates } from '../../../runners/agent/operations/io-throttle.ts';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const IDLE = { usedMs: 0, throttledPeriods: 0, throttledMs: 0 };

test('a quota keeps the period that was found, and is refused where it takes nothing or is too small', () => {
  assert.equal(loweredQuota('max 100000', 0.2, 2), '20000 100000');
  assert.equal(loweredQuota('50000 50000', 0.2, 2), '10000 50000');
  assert.throws(() => loweredQuota('50000 100000', 0.5, 2), /may use 0\.5 CPUs as it is/);
  assert.throws(() => loweredQuota('max 100000', 2, 2), /may use 2 CPUs as it is/);
  assert.throws(() => loweredQuota('max 10000', 0.01, 2), /gives 1000 µs at least/);
});

test('pressure fills up to a share of the limit, besides what is used, and never beyond limit, maximum or half of the host', () => {
  const found = { limit: String(100 * MIB), anonymousBytes: 30 * MIB, hostAvailableBytes: 10 * GIB };
  assert.equal(pressureBytes({ share: 0.9, bytesMax: GIB }, found), 60 * MIB);
  assert.equal(pressureBytes({ bytes: 20 * MIB + 1, bytesMax: GIB }, found), 20 * MIB);
  assert.throws(() => pressureBytes({ share: 0.2, bytesMax: GIB }, found), /uses 30 MiB already/);
  assert.throws(() => pressureBytes({ share: 0.9, bytesMax: GIB }, { ...found, limit: 'max' }), /no memory limit/);
  assert.throws(() => pressureBytes({ bytes: 101 * MIB, bytesMax: GIB }, found), /more than its memory limit/);
  assert.throws(() => pressureBytes({ share: 0.9, bytesMax: MIB }, found), /more than `max-bytes` of 1 MiB/);
  const poor = { limit: 'max', anonymousBytes: 0, hostAvailableBytes: GIB };
  assert.throws(() => pressureBytes({ bytes: 600 * MIB, bytesMax: GIB }, poor), /more than half of the 1 GiB that the host has free/);
});

test('a memory limit is whole pages, less than found, and no less than a container needs', () => {
  assert.equal(loweredMemory({ bytes: 64 * MIB + 5 }, 'max', 0), String(64 * MIB));
  assert.equal(loweredMemory({ share: 0.5 }, 'max', 64 * MIB), String(32 * MIB));
  assert.throws(() => loweredMemory({ bytes: 64 * MIB }, String(32 * MIB), 0), /would take nothing/);
  assert.throws(() => loweredMemory({ share: 0.5 }, 'max', MIB), /less than the 6 MiB/);
});

test('the host’s own room is hardly touched, a quota and memory within their bounds', () => {
  const host = 500 * GIB;
  const found = { freeBytes: 100 * GIB, totalBytes: host, type: 0xef53 };
  const asked = { bytesMax: 5 * GIB, leaveBytes: 0 };
  assert.equal(roomToTake(asked, found, GIB, [host]), 5 * GIB);
  assert.throws(
    () => roomToTake({ ...asked, bytesMax: 6 * GIB }, found, GIB, [host]),
    /host's own .* more than 5 % of it, which are 5 GiB/,
  );
  assert.equal(roomToTake({ ...asked, bytesMax: 6 * GIB }, { ...found, totalBytes: 120 * GIB }, GIB, [host]), 6 * GIB);
  const memory = { freeBytes: 100 * MIB, totalBytes: 100 * MIB, type: 0x01021994 };
  assert.equal(roomToTake({ bytesMax: GIB, leaveBytes: MIB }, memory, GIB, [host]), 99 * MIB);
  assert.throws(() => roomToTake(asked, memory, 150 * MIB, [host]), /more than half/);
  assert.throws(() => roomToTake({ bytesMax: GIB, leaveBytes: GIB }, memory, GIB, [host]), /no more than are to be left/);
});

test('stress counts when it is the target’s, and when its own limit holds it back', () => {
  const seen = { overMs: 500, before: IDLE, after: { ...IDLE, usedMs: 500 } };
  assert.equal(judgeStress(seen, { ranMs: 490, waitedMs: 0 }, 1).proven, true);
  assert.equal(judgeStress(seen, { ranMs: 250, waitedMs: 240 }, 1).proven, true, 'in line for a processor');
  assert.equal(judgeStress(seen, { ranMs: 100, waitedMs: 0 }, 1).proven, false, 'too little');
  assert.equal(judgeStress({ ...seen, after: IDLE }, { ranMs: 490, waitedMs: 0 }, 1).proven, false, 'in somebody else’s group');
  assert.equal(judgeStress({ ...seen, overMs: 100 }, { ranMs: 490, waitedMs: 0 }, 1).proven, false, 'too short a look');
  const throttled = { ...seen, after: { usedMs: 100, throttledPeriods: 5, throttledMs: 400 } };
  assert.equal(judgeStress(throttled, { ranMs: 100, waitedMs: 0 }, 1).proven, true);
});

test('a quota counts when the group was kept waiting and used no more than it', () => {
  const seen = (usedMs: number, throttledPeriods: number, overMs = 1000) => ({
    overMs,
    before: IDLE,
    after: { usedMs, throttledPeriods, throttledMs: 1 },
  });
  assert.equal(judgeThrottle(seen(100, 9), 0.1, 100).proven, true);
  assert.equal(judgeThrottle(seen(100, 0), 0.1, 100).proven, false, 'never kept waiting');
  assert.equal(judgeThrottle(seen(500, 9), 0.1, 100).proven, false, 'by another limit');
  assert.equal(judgeThrottle(seen(50, 4, 500), 0.1, 100).proven, false, 'too short a look');
});

test('the rates of a disk are only ever lowered', () => {
  const found = '254:0 rbps=max wbps=1000 riops=max wiops=max';
  assert.equal(loweredRates(found, { rbps: 500, wbps: 2000 }), '254:0 rbps=500 wbps=1000 riops=max wiops=max');
  assert.throws(() => loweredRates(found, { wbps: 1000 }), /nothing would be taken/);
});

test('a canary takes about a second at the rate, and proves nothing where the disk is as slow outside', () => {
  const [bytes, operations] = canariesOf({ wbps: MIB, riops: 100 });
  assert.deepEqual([bytes?.bytes, bytes?.expectedMs, bytes?.act], [MIB, 1000, 'write']);
  assert.deepEqual([operations?.bytes, operations?.blockBytes, operations?.act], [409_600, 4096, 'read']);
  assert.ok(bytes);
  assert.equal(judgeCanary(bytes, 5, { ms: 980, ended: true }).proven, true);
  assert.equal(judgeCanary(bytes, 5, { ms: 300, ended: true }).proven, false);
  assert.equal(judgeCanary(bytes, 900, { ms: 980, ended: true }).proven, false);
  const stuck = judgeCanary(bytes, 5, { ms: 8_000, ended: false });
  assert.equal(stuck.proven, true);
  assert.match(stuck.evidence, /had not ended after 8000 ms in its control group and took 5 ms outside$/);
  assert.ok(canariesOf({ wbps: 100 * GIB }).every((each) => each.bytes <= 64 * MIB));
});

test('the disk behind a directory is a whole one', () => {
  const texts: Readonly<Record<string, string>> = {
    '/sys/devices/x/sda/sda1/partition': '1\n',
    '/sys/devices/x/sda/sda1/dev': '8:1\n',
    '/sys/devices/x/sda/dev': '8:0\n',
    '/sys/class/block/sda1/dev': '8:1\n',
  };
  const devices: BlockDevices = {
    pathOf: (device) => ({ '8:1': '/sys/devices/x/sda/sda1', '8:0': '/sys/devices/x/sda' })[device],
    read: (path) => texts[path],
  };
  assert.deepEqual(wholeDisk('8:1', devices), { device: '8:0', name: 'sda' });
  assert.deepEqual(wholeDisk('8:0', devices), { device: '8:0', name: 'sda' });
  assert.deepEqual(diskNamed('/dev/sda1', devices), { device: '8:0', name: 'sda' });
  assert.throws(() => wholeDisk('0:57', devices), /no disk is behind it/);
  assert.throws(() => diskNamed('/dev/sdz', devices), /no disk \/dev\/sdz/);
  assert.deepEqual([deviceNumber(0xfe00), deviceNumber(0x801)], ['254:0', '8:1']);
  const mounts =
    '31 22 0:57 / / rw - overlay overlay rw,lowerdir=/l,upperdir=/var/lib/docker/a\\040b/diff,workdir=/w\n32 31 8:1 /v /data rw - ext4 /dev/sda1 rw\n';
  assert.equal(upperDirectory(mounts, '0:57'), '/var/lib/docker/a b/diff');
  assert.equal(upperDirectory(mounts, '8:1'), undefined);
});

test('what the host has free is read, not guessed', () => {
  assert.equal(availableBytes('MemTotal: 2 kB\nMemAvailable:   1024 kB\n'), MIB);
  assert.throws(() => availableBytes('MemTotal: 2 kB\n'), /does not say/);
});
