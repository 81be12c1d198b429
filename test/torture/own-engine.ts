/**
 * An engine of the test's own: its data, sockets, containerd and network namespace are apart from the user's, so that it can be
 * killed and started again, and so that whatever changes on its host was changed by the test.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { connectEngine } from '../../runners/docker/engine.ts';
import { copyImages } from '../helpers/copy-images.ts';

const START_LIMIT_MS = 60_000;
const END_LIMIT_MS = 30_000;
const LOOK_EVERY_MS = 50;

export interface OwnEngine {
  readonly docker: Docker;
  /** As `DOCKER_HOST` spells it. */
  readonly address: string;
  readonly socket: string;
  /** A process in the network namespace of the engine's host. */
  readonly hostPid: number;
  /** Copies images, by tag, from the engine of the environment. */
  load(images: readonly string[]): Promise<void>;
  /** Ends the daemon, in order or at once, and starts it again; what it held open is cut. */
  restart(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  close(): Promise<void>;
}

/** In its mounts, its socket is where an engine's socket lies by default, so that who reaches it from afar finds it there; a containerd of the user's is not in sight. */
const PRIVATE = 'mount -t tmpfs firedrill-torture /run && ip link set lo up && exec sleep infinity';
const DEFAULT_SOCKET = '/var/run/docker.sock';

/** Starts one. Rejects where this machine cannot: no dockerd, not root, no namespaces. */
export async function openOwnEngine(): Promise<OwnEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'firedrill-engine-'));
  const socket = join(folder, 'docker.sock');
  const address = `unix://${socket}`;
  const holder = spawn('unshare', ['--net', '--mount', 'sh', '-c', PRIVATE], { stdio: 'ignore' });
  await once(holder, 'spawn');
  const hostPid = holder.pid ?? 0;
  // Until it has become what it was started for, it is still in the user's namespace.
  while ((await readFile(`/proc/${hostPid}/comm`, 'utf8')).trim() !== 'sleep') await sleep(LOOK_EVERY_MS);
  let daemon: ChildProcess | undefined;
  const start = async () => {
    const log = openSync(join(folder, 'dockerd.log'), 'a');
    daemon = spawn('nsenter', ['--target', String(hostPid), '--net', '--mount', '--', 'dockerd', ...argumentsIn(folder)], {
      stdio: ['ignore', log, log],
    });
    await untilAnswers(address, daemon, folder);
  };
  const end = async (signal: NodeJS.Signals) => {
    if (!daemon || daemon.exitCode !== null || daemon.signalCode !== null) return;
    const ended = once(daemon, 'exit');
    daemon.kill(signal);
    await Promise.race([ended, sleep(END_LIMIT_MS)]);
  };
  await start();
  const docker = await connectEngine({ DOCKER_HOST: address });
  return {
    docker,
    address,
    socket,
    hostPid,
    load: (images) => copyImages(images, address),
    async restart(signal) {
      await end(signal);
      await endOthers(folder, ['containerd']);
      await rm(join(folder, 'docker.pid'), { force: true });
      await rm(join(folder, 'exec', 'containerd', 'containerd.pid'), { force: true });
      await start();
    },
    async close() {
      const containers = await docker.listContainers({ all: true }).catch(() => []);
      await Promise.all(
        containers.map((each) =>
          docker
            .getContainer(each.Id)
            .remove({ force: true, v: true })
            .catch(() => {}),
        ),
      );
      await end('SIGTERM');
      await endOthers(folder, ['containerd', 'containerd-shim-runc-v2']);
      holder.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

/** Ends what the daemon had started and a `kill -9` of it left: programs of these names, started with paths in this folder. */
async function endOthers(folder: string, names: readonly string[]): Promise<void> {
  const ours = readdirSync('/proc')
    .filter((each) => /^\d+$/.test(each))
    .filter((pid) => {
      const [program = '', ...rest] = textOf(`/proc/${pid}/cmdline`).split('\0');
      return names.includes(basename(program)) && rest.some((each) => each.startsWith(folder));
    });
  for (const pid of ours) process.kill(Number(pid), 'SIGKILL');
  while (ours.some((pid) => textOf(`/proc/${pid}/cmdline`) !== '')) await sleep(LOOK_EVERY_MS);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** A containerd namespace of its own, should a containerd be shared after all. */
function argumentsIn(folder: string): readonly string[] {
  return [
    ...['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec'), '--pidfile', join(folder, 'docker.pid')],
    ...['-H', `unix://${join(folder, 'docker.sock')}`, '-H', `unix://${DEFAULT_SOCKET}`, '--userland-proxy=false'],
    ...['--containerd-namespace', 'firedrill-torture', '--containerd-plugins-namespace', 'firedrill-torture-plugins'],
  ];
}

async function untilAnswers(address: string, daemon: ChildProcess, folder: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < START_LIMIT_MS; waitedMs += LOOK_EVERY_MS) {
    if (daemon.exitCode !== null) break;
    const answers = await connectEngine({ DOCKER_HOST: address }).then(
      () => true,
      () => false,
    );
    if (answers) return;
    await sleep(LOOK_EVERY_MS);
  }
  const log = await readFile(join(folder, 'dockerd.log'), 'utf8').catch(() => '');
  throw new Error(`the test's own engine did not come up:\n${log.split('\n').slice(-8).join('\n')}`);
}
