import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type GroupFiles, isEnding, parseControlGroups, procsFiles } from '../../../runners/agent/cgroup.ts';
import { cpuCounters, diskCounters, memoryCounters } from '../../../runners/agent/cgroup-counters.ts';
import { cpuQuota, diskRate, memoryMax } from '../../../runners/agent/cgroup-limits.ts';
import { limitsOf } from '../../../runners/agent/engine-limits.ts';

const VERSION_1 = parseControlGroups(
  '9:name=systemd:/docker/a\n7:blkio:/docker/a\n4:memory:/docker/a\n3:cpuset:/docker/a\n1:cpu,cpuacct:/docker/a\n0::/docker/a\n',
);
const VERSION_2 = parseControlGroups('0::/system.slice/docker-a.scope\n');
const UNIFIED = '/sys/fs/cgroup/system.slice/docker-a.scope';
const DISK = '254:0';

/** Files in memory; what is written is kept, and a table of version 1 replaces the line of its device. */
function files(texts: Readonly<Record<string, string>>): GroupFiles & { readonly written: string[] } {
  const written: string[] = [];
  return {
    written,
    read(path) {
      const text = texts[path];
      if (text === undefined) throw new Error(`ENOENT: ${path}`);
      return text;
    },
    write: (path, text) => void written.push(`${path} ${text}`),
  };
}

test('groups are where each version has them', () => {
  assert.equal(VERSION_1.directory('cpu'), '/sys/fs/cgroup/cpu/docker/a');
  assert.equal(VERSION_1.directory('memory'), '/sys/fs/cgroup/memory/docker/a');
  assert.equal(VERSION_2.directory('memory'), UNIFIED);
  assert.deepEqual([VERSION_1.version('cpu'), VERSION_2.version('cpu')], [1, 2]);
  assert.deepEqual(procsFiles(VERSION_2, ['cpu', 'cpuacct', 'memory']), [`${UNIFIED}/cgroup.procs`]);
  assert.equal(procsFiles(VERSION_1, ['cpu', 'memory']).length, 2);
});

test('on a host with both, what version 1 does not have is in the unified hierarchy', () => {
  const hybrid = parseControlGroups('4:memory:/docker/a\n0::/docker/a\n');
  assert.equal(hybrid.directory('memory'), '/sys/fs/cgroup/memory/docker/a');
  assert.equal(hybrid.directory('blkio'), '/sys/fs/cgroup/unified/docker/a');
  assert.equal(hybrid.version('blkio'), 2);
});

test('the host’s own group and one out of sight are refused', () => {
  assert.throws(() => parseControlGroups('0::/\n').directory('cpu'), /would touch the host/);
  assert.throws(() => parseControlGroups('4:memory:/\n0::/\n').directory('memory'), /would touch the host/);
  assert.throws(() => parseControlGroups('0::/../other\n').directory('cpu'), /out of the agent's sight/);
  assert.throws(() => parseControlGroups('4:memory:/docker/a\n').directory('cpu'), /no cpu controller/);
});

test('a process that is ending, or has ended, is told from one that runs, whatever its name', () => {
  const stat = (state: string, flags: number) => `7 (a) Z 1 (b) ${state} 1 7 7 0 -1 ${flags} 100 0 0 0 1 2`;
  assert.deepEqual([stat('S', 0x400100), stat('R', 0x400104), stat('Z', 0x400100), stat('X', 0)].map(isEnding), [false, true, true, true]);
});

test('a CPU quota is one text in both versions', () => {
  const one = files({ '/sys/fs/cgroup/cpu/docker/a/cpu.cfs_quota_us': '-1', '/sys/fs/cgroup/cpu/docker/a/cpu.cfs_period_us': '100000' });
  const two = files({ [`${UNIFIED}/cpu.max`]: 'max 100000' });
  for (const [groups, its] of [
    [VERSION_1, one],
    [VERSION_2, two],
  ] as const) {
    assert.equal(cpuQuota(groups, its).read(), 'max 100000');
    cpuQuota(groups, its).write('20000 100000');
    cpuQuota(groups, its).write('max 100000');
  }
  assert.deepEqual(
    one.written,
    ['20000', '-1'].map((text) => `/sys/fs/cgroup/cpu/docker/a/cpu.cfs_quota_us ${text}`),
  );
  assert.deepEqual(
    two.written,
    ['20000 100000', 'max 100000'].map((text) => `${UNIFIED}/cpu.max ${text}`),
  );
});

test('a memory limit is one text in both versions', () => {
  const one = files({ '/sys/fs/cgroup/memory/docker/a/memory.limit_in_bytes': '9223372036854771712' });
  assert.equal(memoryMax(VERSION_1, one).read(), 'max');
  memoryMax(VERSION_1, one).write('max');
  assert.deepEqual(one.written, ['/sys/fs/cgroup/memory/docker/a/memory.limit_in_bytes -1']);
  assert.equal(memoryMax(VERSION_1, files({ '/sys/fs/cgroup/memory/docker/a/memory.limit_in_bytes': '67108864' })).read(), '67108864');
  assert.equal(memoryMax(VERSION_2, files({ [`${UNIFIED}/memory.max`]: 'max' })).read(), 'max');
});

test('the rate of a disk is one text in both versions, and other disks are left alone', () => {
  const directory = '/sys/fs/cgroup/blkio/docker/a/blkio.throttle';
  const one = files({
    [`${directory}.read_bps_device`]: '8:0 4096',
    [`${directory}.write_bps_device`]: `8:0 4096\n${DISK} 2097152`,
    [`${directory}.read_iops_device`]: '',
    [`${directory}.write_iops_device`]: '',
  });
  const two = files({
    [`${UNIFIED}/io.max`]: `8:0 rbps=4096 wbps=max riops=max wiops=max\n${DISK} rbps=max wbps=2097152 riops=max wiops=max`,
  });
  const found = `${DISK} rbps=max wbps=2097152 riops=max wiops=max`;
  const lower = `${DISK} rbps=max wbps=1048576 riops=100 wiops=max`;
  assert.equal(diskRate(VERSION_1, DISK, one).read(), found);
  assert.equal(diskRate(VERSION_2, DISK, two).read(), found);
  diskRate(VERSION_1, DISK, one).write(lower);
  diskRate(VERSION_2, DISK, two).write(lower);
  assert.deepEqual(one.written, [`${directory}.write_bps_device ${DISK} 1048576`, `${directory}.read_iops_device ${DISK} 100`]);
  assert.deepEqual(two.written, [`${UNIFIED}/io.max ${lower}`]);
  assert.equal(diskRate(VERSION_2, '9:9', two).read(), '9:9 rbps=max wbps=max riops=max wiops=max');
  assert.throws(() => diskRate(VERSION_1, DISK, files({})).read(), /ENOENT/);
});

test('counters are the same in both versions', () => {
  const one = files({
    '/sys/fs/cgroup/cpu/docker/a/cpu.stat': 'nr_periods 9\nnr_throttled 4\nthrottled_time 5000000',
    '/sys/fs/cgroup/cpuacct/docker/a/cpuacct.usage': '2000000',
    '/sys/fs/cgroup/memory/docker/a/memory.stat': 'cache 1\nrss 4096\nrss_huge 7',
    '/sys/fs/cgroup/memory/docker/a/memory.usage_in_bytes': '8192',
    '/sys/fs/cgroup/memory/docker/a/memory.failcnt': '3',
    '/sys/fs/cgroup/memory/docker/a/memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 1',
    '/sys/fs/cgroup/blkio/docker/a/blkio.throttle.io_service_bytes': '254:0 Read 10\n254:0 Write 20\n254:0 Total 30\n8:0 Write 5\nTotal 35',
  });
  const two = files({
    [`${UNIFIED}/cpu.stat`]: 'usage_usec 2000\nnr_periods 9\nnr_throttled 4\nthrottled_usec 5000',
    [`${UNIFIED}/memory.stat`]: 'anon 4096\nfile 1',
    [`${UNIFIED}/memory.current`]: '8192',
    [`${UNIFIED}/memory.events`]: 'low 0\nhigh 0\nmax 3\noom 1\noom_kill 1',
    [`${UNIFIED}/io.stat`]: '254:0 rbytes=10 wbytes=20 rios=1 wios=2\n8:0 rbytes=0 wbytes=5',
  });
  for (const [groups, its] of [
    [VERSION_1, one],
    [VERSION_2, two],
  ] as const) {
    assert.deepEqual(cpuCounters(groups, its), { usedMs: 2, throttledPeriods: 4, throttledMs: 5 });
    assert.deepEqual(memoryCounters(groups, its), { usedBytes: 8192, anonymousBytes: 4096, limitHits: 3, kills: 1 });
    assert.deepEqual(diskCounters(groups, its), { readBytes: 10, writtenBytes: 25 });
  }
});

test('what the engine has set is said in the same words', () => {
  assert.equal(limitsOf({ NanoCpus: 5e8 }).cpu, '50000 100000');
  assert.equal(limitsOf({ CpuQuota: 20_000, CpuPeriod: 50_000 }).cpu, '20000 50000');
  assert.deepEqual([limitsOf({}).cpu, limitsOf({}).memory, limitsOf({ Memory: 4096 }).memory], ['max 100000', 'max', '4096']);
  const limits = limitsOf({ BlkioDeviceWriteBps: [{ Path: '/dev/vda', Rate: 7 }], BlkioDeviceReadIOps: null });
  assert.equal(limits.disk(DISK, '/dev/vda'), `${DISK} rbps=max wbps=7 riops=max wiops=max`);
  assert.equal(limits.disk(DISK, '/dev/vdb'), `${DISK} rbps=max wbps=max riops=max wiops=max`);
});
