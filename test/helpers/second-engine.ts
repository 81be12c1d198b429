/** An engine of a test's own: its own data, processes and socket, in a network namespace of its own, with the images that a run needs. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type Docker from 'dockerode';
import { startDaemon } from '../../runners/cli/set-up/daemon.ts';
import { thisMachine } from '../../runners/cli/set-up/machine.ts';
import { connectEngine } from '../../runners/docker/engine.ts';
import { copyImages } from './copy-images.ts';

/** How long a daemon may take to end once it is told to. */
const END_LIMIT_MS = 30_000;

export interface SecondEngine {
  readonly docker: Docker;
  /** As `DOCKER_HOST` spells it. */
  readonly host: string;
  /** Takes over images of the engine of the environment. */
  load(...images: readonly string[]): Promise<void>;
  /** Ends the daemon by its pid, with its containers. */
  close(): Promise<void>;
}

export async function startSecondEngine(): Promise<SecondEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'firedrill-engine-'));
  const pidFile = join(folder, 'docker.pid');
  const host = `unix://${join(folder, 'docker.sock')}`;
  const containerd = join(folder, 'exec', 'containerd');
  await mkdir(containerd, { recursive: true });
  // A daemon without a bridge removes docker0, which may be another daemon's: hence a network namespace of its own.
  const program = join(folder, 'dockerd');
  await writeFile(program, '#!/bin/sh\nexec unshare --net dockerd "$@"\n', { mode: 0o755 });
  const real = thisMachine(process.env);
  await startDaemon(
    { ...real, find: (name: string) => (name === 'dockerd' ? program : real.find(name)) },
    {
      log: () => {},
      answers: () =>
        connectEngine({ DOCKER_HOST: host }).then(
          () => true,
          () => false,
        ),
      logPath: join(folder, 'dockerd.log'),
      pidFiles: [
        [pidFile, 'dockerd'],
        [join(containerd, 'containerd.pid'), 'containerd'],
      ],
      arguments: [
        ...['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec'), '--pidfile', pidFile, '-H', host],
        ...['--bridge=none', '--iptables=false'],
      ],
    },
  );
  const docker = await connectEngine({ DOCKER_HOST: host });
  return {
    docker,
    host,
    load: (...images) => copyImages(images, host),
    async close() {
      for (const { Id } of await docker.listContainers({ all: true })) await docker.getContainer(Id).remove({ force: true });
      const pid = Number(await readFile(pidFile, 'utf8'));
      process.kill(pid, 'SIGTERM');
      for (let waitedMs = 0; waitedMs < END_LIMIT_MS && isThere(pid); waitedMs += 100) await sleep(100);
      await unmountBelow(folder);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A daemon leaves the network namespaces mounted that its containers on the host's network had. */
async function unmountBelow(folder: string): Promise<void> {
  const mounts = (await readFile('/proc/mounts', 'utf8')).split('\n').flatMap((line) => line.split(' ')[1] ?? []);
  for (const mount of mounts.filter((each) => each.startsWith(`${folder}/`)).reverse()) await promisify(execFile)('umount', [mount]);
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
