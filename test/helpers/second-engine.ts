/** An engine of a test's own: its own data, processes and socket, in a network namespace of its own, with the images that a run needs. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type Docker from 'dockerode';
import { startDaemon } from '../../runners/cli/set-up/daemon.ts';
import { thisMachine } from '../../runners/cli/set-up/machine.ts';
import { connectEngine } from '../../runners/docker/engine.ts';
import { copyImages } from './copy-images.ts';

/** Where it listens for TLS, in a network namespace of its own. */
const TLS_PORT = 2376;
/**
 * A daemon without a bridge removes docker0, which may be another daemon's: hence a network namespace of its own. Its loopback device is
 * down, and not every machine has `ip` (0x8914: SIOCSIFFLAGS, 0x41: IFF_UP and IFF_RUNNING). Like an engine on a machine of its own it has
 * its socket at the usual place, where nobody else sees it.
 */
const PROGRAM = `#!/bin/sh
[ "$FIREDRILL_APART" ] || exec env FIREDRILL_APART=1 unshare --net --mount "$0" "$@"
perl -MSocket -e 'socket S, AF_INET, SOCK_DGRAM, 0; $up = pack("Z16s", "lo", 0x41); ioctl S, 0x8914, $up or die $!' || exit
mount --bind "\${0%/*}/run" /run || exit
exec dockerd "$@"
`;

/** How long a daemon may take to end once it is told to. */
const END_LIMIT_MS = 30_000;

export interface SecondEngine {
  readonly docker: Docker;
  /** As `DOCKER_HOST` spells it. */
  readonly host: string;
  /** Begins to pass what comes to a port of 127.0.0.1 on to where it listens for TLS; answers with the port. */
  passTls(): Promise<number>;
  /** Takes over images of the engine of the environment. */
  load(...images: readonly string[]): Promise<void>;
  /** Ends the daemon by its pid, with its containers. */
  close(): Promise<void>;
}

/** `certificates`: a folder as `DOCKER_CERT_PATH` names one, with those that it shows and those that it asks of others. */
export async function startSecondEngine(certificates?: string): Promise<SecondEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'firedrill-engine-'));
  const pidFile = join(folder, 'docker.pid');
  const host = `unix://${join(folder, 'run', 'docker.sock')}`;
  const containerd = join(folder, 'exec', 'containerd');
  for (const each of [containerd, join(folder, 'run')]) await mkdir(each, { recursive: true });
  const program = join(folder, 'dockerd');
  await writeFile(program, PROGRAM, { mode: 0o755 });
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
        ...[`--data-root=${join(folder, 'data')}`, `--exec-root=${join(folder, 'exec')}`, `--pidfile=${pidFile}`],
        '--host=unix:///run/docker.sock',
        ...['--bridge=none', '--iptables=false'],
        ...(certificates === undefined ? [] : tlsArguments(certificates)),
      ],
    },
  );
  const docker = await connectEngine({ DOCKER_HOST: host });
  const passing: Server[] = [];
  return {
    docker,
    host,
    async passTls() {
      const server = passOn(Number(await readFile(pidFile, 'utf8')));
      passing.push(server);
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const address = server.address();
      return typeof address === 'object' ? (address?.port ?? 0) : 0;
    },
    load: (...images) => copyImages(images, host),
    async close() {
      for (const server of passing) server.close();
      for (const { Id } of await docker.listContainers({ all: true })) await docker.getContainer(Id).remove({ force: true });
      const pid = Number(await readFile(pidFile, 'utf8'));
      process.kill(pid, 'SIGTERM');
      for (let waitedMs = 0; waitedMs < END_LIMIT_MS && isThere(pid); waitedMs += 100) await sleep(100);
      await unmountBelow(folder);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function tlsArguments(certificates: string): readonly string[] {
  const file = (name: string) => join(certificates, `${name}.pem`);
  return [
    `--host=tcp://127.0.0.1:${TLS_PORT}`,
    '--tlsverify',
    ...[`--tlscacert=${file('ca')}`, `--tlscert=${file('cert')}`, `--tlskey=${file('key')}`],
  ];
}

/** Byte for byte, from here into the network namespace of a process, by a program for each connection. */
function passOn(pid: number): Server {
  const relay = `const there = require('node:net').connect(${TLS_PORT}, '127.0.0.1'); process.stdin.pipe(there).pipe(process.stdout);`;
  return createServer((socket) => {
    const program = spawn('nsenter', ['--target', String(pid), '--net', '--', process.execPath, '-e', relay], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    for (const stream of [socket, program.stdin, program.stdout]) stream.on('error', () => socket.destroy());
    socket.on('close', () => program.kill('SIGKILL')).pipe(program.stdin);
    program.stdout.pipe(socket);
  });
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
