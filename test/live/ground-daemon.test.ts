import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startDaemon } from '../../runners/cli/set-up/daemon.ts';
import { thisMachine } from '../../runners/cli/set-up/machine.ts';
import { connectEngine } from '../../runners/docker/engine.ts';

/** How long a daemon may take to end once it is told to. */
const END_LIMIT_MS = 30_000;

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'firedrill-dockerd-'));
});
after(() => rm(folder, { recursive: true, force: true }));

describe('a daemon of its own', () => {
  test('comes up in the background on what a dead session left behind, answers, and is found running the second time', {
    timeout: 180_000,
  }, async () => {
    const pidFile = join(folder, 'docker.pid');
    const socket = join(folder, 'docker.sock');
    const containerd = join(folder, 'exec', 'containerd');
    await mkdir(containerd, { recursive: true });
    // Two pid files of before: the pid of the one belongs to this test by now, that of the other to nobody.
    await writeFile(pidFile, String(process.pid));
    await writeFile(join(containerd, 'containerd.pid'), String(2 ** 22 - 1));
    await writeFile(socket, '');
    const said: string[] = [];
    const options = {
      log: (line: string) => said.push(line),
      answers: () =>
        connectEngine({ DOCKER_HOST: `unix://${socket}` }).then(
          () => true,
          () => false,
        ),
      logPath: join(folder, 'dockerd.log'),
      pidFiles: [
        [pidFile, 'dockerd'],
        [join(containerd, 'containerd.pid'), 'containerd'],
      ] as const,
      arguments: [
        ...['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec'), '--pidfile', pidFile, '-H', `unix://${socket}`],
        ...['--bridge=none', '--iptables=false', '--storage-driver=vfs'],
      ],
    };
    // In a network namespace of its own: a daemon without a bridge removes docker0, which may be another daemon's.
    const program = join(folder, 'dockerd');
    await writeFile(program, '#!/bin/sh\nexec unshare --net dockerd "$@"\n', { mode: 0o755 });
    const real = thisMachine(process.env);
    const machine = { ...real, find: (name: string) => (name === 'dockerd' ? program : real.find(name)) };
    try {
      await startDaemon(machine, options);
      assert.ok(
        said.some((line) => line.startsWith(`removing ${pidFile}`)),
        said.join('; '),
      );
      assert.ok(
        said.some((line) => line.includes('its log: ')),
        said.join('; '),
      );
      const first = await readFile(pidFile, 'utf8');
      assert.equal((await readFile(`/proc/${first.trim()}/comm`, 'utf8')).trim(), 'dockerd');
      await startDaemon(machine, options);
      assert.equal(await readFile(pidFile, 'utf8'), first);
    } finally {
      await endDaemon(pidFile);
    }
  });
});

/** Ends it by its pid, and its containerd with it. */
async function endDaemon(pidFile: string): Promise<void> {
  const pid = Number(await readFile(pidFile, 'utf8').catch(() => '0'));
  if (pid <= 1 || pid === process.pid) return;
  process.kill(pid, 'SIGTERM');
  for (let waitedMs = 0; waitedMs < END_LIMIT_MS && isThere(pid); waitedMs += 100) await sleep(100);
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
