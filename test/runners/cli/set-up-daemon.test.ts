import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { START_LIMIT_MS, startDaemon } from '../../../runners/cli/set-up/daemon.ts';
import { DEBIAN, type Pretence, type PretendMachine, pretendMachine } from './pretend-machine.ts';

const PID = '/var/run/docker.pid';
const CONTAINERD_PID = '/var/run/docker/containerd/containerd.pid';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'firedrill-daemon-'));
});
after(() => rm(folder, { recursive: true, force: true }));

function machineWith(pretence: Pretence): PretendMachine {
  return pretendMachine({ ...pretence, programs: ['dockerd', ...(pretence.programs ?? [])], files: { ...DEBIAN, ...pretence.files } });
}

function start(machine: PretendMachine, answers: () => boolean, logPath = join(folder, 'absent.log')): Promise<void> {
  return startDaemon(machine, { log: () => undefined, answers: () => Promise.resolve(answers()), logPath });
}

describe('starting the daemon', () => {
  test('removes pid files of processes that are gone or are other programs by now, and no living one', async () => {
    const machine = machineWith({ files: { [PID]: '100', [CONTAINERD_PID]: '200', '/proc/200/comm': 'bash\n' } });
    await start(machine, () => machine.started.length > 0);
    assert.equal(machine.files.has(PID), false);
    assert.equal(machine.files.has(CONTAINERD_PID), false);

    const alive = machineWith({ files: { [CONTAINERD_PID]: '200', '/proc/200/comm': 'containerd\n' } });
    await start(alive, () => alive.started.length > 0);
    assert.equal(alive.files.has(CONTAINERD_PID), true);
  });

  test('removes a containerd socket on which nobody listens, and keeps one on which somebody does', async () => {
    const socket = '/run/containerd/containerd.sock';
    const dead = machineWith({ files: { [socket]: '' } });
    await start(dead, () => dead.started.length > 0);
    assert.equal(dead.files.has(socket), false);
    const served = machineWith({ files: { [socket]: '' }, listening: [socket] });
    await start(served, () => served.started.length > 0);
    assert.equal(served.files.has(socket), true);
  });

  test('waits for a daemon that is starting already instead of starting a second', async () => {
    const machine = machineWith({ files: { [PID]: '100', '/proc/100/comm': 'dockerd\n' } });
    await start(machine, () => machine.clockMs > 3_000);
    assert.deepEqual(machine.started, []);
  });

  test('gives one up that runs and does not answer within the limit', async () => {
    const machine = machineWith({ files: { [PID]: '100', '/proc/100/comm': 'dockerd\n' } });
    await assert.rejects(
      start(machine, () => false),
      { code: 'engine-not-started', exitCode: 7 },
    );
    assert.equal(machine.clockMs, START_LIMIT_MS);
  });

  test('tells by the last lines of its log why it ended, at once', async () => {
    const logPath = join(folder, 'failed.log');
    await writeFile(logPath, 'level=info msg="Starting up"\nfailed to start daemon: Devices cgroup is not mounted\n');
    const machine = machineWith({ onStart: () => ({ hasEnded: true }) });
    await assert.rejects(
      start(machine, () => false, logPath),
      /Devices cgroup is not mounted/,
    );
    assert.equal(machine.clockMs, 0);
  });

  test('is content when ours ended because another was faster', async () => {
    const machine = machineWith({
      onStart: (_command, pretended) => {
        pretended.files.set(PID, '300');
        pretended.files.set('/proc/300/comm', 'dockerd\n');
        return { hasEnded: true };
      },
    });
    await start(machine, () => machine.clockMs > 1_000);
    assert.equal(machine.started.length, 1);
  });

  test('tries again with the older iptables where the kernel lacks what the newer one needs', async () => {
    const logPath = join(folder, 'iptables.log');
    await writeFile(
      logPath,
      'failed to start daemon: iptables failed: iptables v1.8.9 (nf_tables): Could not fetch rule set generation id\n',
    );
    const machine = machineWith({ programs: ['iptables-legacy'], onStart: () => ({ hasEnded: true }) });
    await start(machine, () => machine.started.length > 1, logPath);
    assert.deepEqual(machine.commands, ['update-alternatives --set iptables /usr/bin/iptables-legacy']);
  });

  test('mounts control groups where the machine has none', async () => {
    const machine = machineWith({ files: { '/proc/mounts': 'proc /proc proc rw 0 0\n' } });
    await start(machine, () => machine.started.length > 0);
    assert.deepEqual(machine.commands, ['mount -t cgroup2 cgroup2 /sys/fs/cgroup']);
  });
});
