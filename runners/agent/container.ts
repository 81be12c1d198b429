/**
 * The agent's container: what it may do, what it carries, and its streams. It gets its capabilities and no more, no
 * network of its own, the processes of the host in sight, the engine's socket, and its orders as a file.
 */
import { PassThrough, type Readable } from 'node:stream';
import type Docker from 'dockerode';
import { z } from 'zod';
import { LABEL } from '../docker/labels.ts';
import { archiveOf } from './archive.ts';
import type { Orders } from './orders.ts';
import { ENGINE_SOCKET_PATH, MEMORY_PATH, ORDERS_PATH, SWEEP_VARIABLE } from './places.ts';

/**
 * SYS_ADMIN and SYS_PTRACE enter namespaces, NET_ADMIN sets packet rules, NET_RAW sends delayed packets on, DAC_OVERRIDE
 * makes files in directories that belong to a user of the target, KILL signals processes of such a user,
 * SETGID runs a proxy as a group of its own, by which its packets are told from the target's, and with SETUID sets limits of processes as
 * the user whose they are. No SYS_RESOURCE: hosts that are themselves confined (micro virtual machines among them) have none to give, and no agent would start there.
 */
const CAPABILITIES = ['SYS_ADMIN', 'SYS_PTRACE', 'NET_ADMIN', 'NET_RAW', 'DAC_OVERRIDE', 'KILL', 'SETGID', 'SETUID'];
/** Against 1024 of any other container: undoing must not wait for a machine that is busy with the drill's load. */
const CPU_SHARES = 16_384;
/** How long `docker stop` of the agent leaves it to undo everything. */
const STOP_TIMEOUT_S = 60;
/** Log kept of one agent; it says a few lines a fault. */
const LOG_BYTES_MAX = '16m';
/** Where the engine's socket lies on its host, unless we are on that host and reach it by another. */
const HOST_SOCKET_PATH = '/var/run/docker.sock';

export interface ContainerOptions {
  readonly docker: Docker;
  readonly image: string;
  readonly orders: Orders;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Undoes the orders and leaves, going by the memory of the agent that was at work, where there is one. */
  readonly sweep?: { readonly memory: string | undefined };
}

/** Creates the container with its orders inside; it is not started. */
export async function createAgentContainer(options: ContainerOptions): Promise<Docker.Container> {
  const { docker, image, orders, name, labels, sweep } = options;
  const container = await docker.createContainer({
    name,
    Image: image,
    Labels: { ...labels, [LABEL.run]: orders.runId, [LABEL.role]: 'agent' },
    Env: sweep ? [`${SWEEP_VARIABLE}=1`] : [],
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    StopTimeout: STOP_TIMEOUT_S,
    HostConfig: hostConfig(docker),
  });
  try {
    const files = { [ORDERS_PATH]: JSON.stringify(orders), ...(sweep?.memory === undefined ? {} : { [MEMORY_PATH]: sweep.memory }) };
    await container.putArchive(await archiveOf(files), { path: '/' });
  } catch (error) {
    await container.remove({ force: true }).catch(() => {});
    throw error;
  }
  return container;
}

/** What an agent's container may do and see; also for programs of its image that look once and end. */
export function hostConfig(docker: Docker) {
  return {
    PidMode: 'host',
    CgroupnsMode: 'host',
    NetworkMode: 'none',
    CapDrop: ['ALL'],
    CapAdd: CAPABILITIES,
    // Entering a namespace counts as tracing, which the engine's AppArmor profile forbids across profiles; SELinux keeps a labelled
    // process from the engine's socket and from other containers'. Hosts that have neither pass over both.
    SecurityOpt: ['apparmor=unconfined', 'label=disable'],
    // Where the engine maps users, the host's processes can only be seen without.
    UsernsMode: 'host',
    Binds: [`${socketOnHost(docker)}:${ENGINE_SOCKET_PATH}`, '/sys/fs/cgroup:/sys/fs/cgroup'],
    RestartPolicy: { Name: 'always' },
    CpuShares: CPU_SHARES,
    LogConfig: { Type: 'json-file', Config: { 'max-size': LOG_BYTES_MAX, 'max-file': '1' } },
  };
}

/** The path that we use ourselves; one of a desktop's engine, which runs in a machine of its own, says nothing about that machine. */
function socketOnHost(docker: Docker): string {
  const { socketPath: ours } = z.object({ socketPath: z.string().optional().catch(undefined) }).parse(docker.modem);
  return ours === undefined || ours.includes('/.docker/') ? HOST_SOCKET_PATH : ours;
}

export interface Attached {
  /** Its end is the end of the agent's input. */
  readonly input: NodeJS.ReadWriteStream;
  readonly stdout: Readable;
  readonly stderr: Readable;
}

/** Attaches to a container that is not started yet, so that nothing it says is missed and its input is ours alone. */
export async function attachTo(docker: Docker, container: Docker.Container): Promise<Attached> {
  const stream = await container.attach({ stream: true, hijack: true, stdin: true, stdout: true, stderr: true });
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  docker.modem.demuxStream(stream, stdout, stderr);
  const end = () => {
    stdout.end();
    stderr.end();
  };
  stream.on('end', end).on('close', end).on('error', end);
  return { input: stream, stdout, stderr };
}
