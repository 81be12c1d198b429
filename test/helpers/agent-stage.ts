/**
 * A stage for live tests of the agent: throw-away containers that talk to each other and tell, as lines of JSON with
 * the host's monotonic clock, what they see; their rules; and everything removed at the end.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { type AgentClient, startAgent } from '../../runners/agent/client.ts';
import { agentImage } from '../../runners/agent/image.ts';
import type { ContainerRef } from '../../runners/agent/operations/operation.ts';
import type { FaultOperations } from '../../runners/agent/orders.ts';
import { BASE_IMAGE } from '../../runners/docker/base-image.ts';
import { connectEngine } from '../../runners/docker/engine.ts';
import { ensureImages, tagOf } from '../../runners/docker/images.ts';
import { LABEL } from '../../runners/docker/labels.ts';
import { acquireLock, releaseLock } from '../../runners/docker/lock.ts';
import type { Target } from '../../runners/faults/fault.ts';

/** On everything that these tests make. */
export const STAGE_LABEL = 'firedrill.scratch';
export const AGENT_IMAGE = tagOf(agentImage);
const SEEN_WITHIN_MS = 30_000;
const LEASE_MS = 10_000;
const UNDO_WITHIN_S = 30;

/** What a talker saw: an answer after `ms`, or an error, at `atMs` of the host's monotonic clock. */
export interface Sight {
  readonly via: 'tcp' | 'udp' | 'connect' | 'loopback' | 'series';
  readonly atMs: number;
  readonly ms?: number;
  readonly error?: string;
  /** Of a series: the datagram's number, and whether it came back as it was sent. */
  readonly number?: number;
  readonly intact?: boolean;
}

export interface Actor {
  readonly ref: ContainerRef;
  readonly address: string;
  /** Of its first network, where that has IPv6. */
  readonly address6: string | undefined;
  readonly container: Docker.Container;
  /** Everything it saw so far, as it came. */
  readonly sights: readonly Sight[];
}

/** Where a talker lives, and which of the echo's addresses it asks. */
export interface AsTalker {
  readonly network?: string;
  readonly ask?: string;
}

export interface Stage {
  readonly docker: Docker;
  /** What its containers carry, by which they are removed. */
  readonly label: string;
  /** Answers TCP on 7000 and UDP on 7001 with what it was sent. */
  echo(name: string, network?: string): Promise<Actor>;
  /** Asks an echo: every 20 ms on an open connection and by datagram, every 100 ms on a fresh connection; and itself over loopback. */
  talker(name: string, echo: Actor, options?: AsTalker): Promise<Actor>;
  /** Asks an echo by numbered datagrams of some 200 bytes, every 5 ms. */
  series(name: string, echo: Actor, options?: AsTalker): Promise<Actor>;
  start(name: string, options: Docker.ContainerCreateOptions): Promise<Actor>;
  /** Starts an agent with these orders, and the lock that goes with them. */
  agent(name: string, faults: readonly FaultOperations[]): Promise<AgentClient>;
  /** Takes a lock, without which an agent counts as dead; given back at the end, unless the agent did. */
  lock(lock: string, runId: string): Promise<void>;
  remove(): Promise<void>;
}

/** The host's monotonic clock, on which talkers stamp what they see. */
export function hostMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** An actor as a fault sees its target. */
export function targetOf({ ref: { id, name }, address, address6 }: Actor): Target {
  return {
    id,
    name,
    service: name,
    project: undefined,
    labels: {},
    image: AGENT_IMAGE,
    state: 'running',
    addresses: [address, address6 ?? ''].filter((each) => each !== ''),
    persistent: false,
  };
}

/** Makes sure of the agent's image and opens the stage; `label` tells its containers from those of other tests. */
export async function openStage(label: string): Promise<Stage> {
  const docker = await connectEngine(process.env);
  await ensureImages(docker, { recipes: [agentImage], environment: process.env, log: () => {} });
  const made: Docker.Container[] = [];
  const locks: { readonly lock: string; readonly runId: string }[] = [];
  const start = async (name: string, options: Docker.ContainerCreateOptions): Promise<Actor> => {
    const container = await docker.createContainer({ Image: AGENT_IMAGE, StopTimeout: 0, ...options, Labels: { [STAGE_LABEL]: label } });
    made.push(container);
    const sights: Sight[] = [];
    const output = await container.attach({ stream: true, stdout: true, stderr: true });
    listen(docker, output, sights);
    await container.start();
    const { NetworkSettings } = await container.inspect();
    const [first] = Object.values(NetworkSettings.Networks);
    const address6 = first?.GlobalIPv6Address || undefined;
    return { ref: { id: container.id, name }, address: first?.IPAddress ?? '', address6, container, sights };
  };
  const lock = async (name: string, runId: string) => {
    await acquireLock(docker, name, runId, new Date());
    locks.push({ lock: name, runId });
  };
  const node = (script: string, network: string | undefined, ...more: string[]) => ({
    Entrypoint: ['node', '-e', script, ...more],
    HostConfig: { CapAdd: ['NET_ADMIN'], ...(network === undefined ? {} : { NetworkMode: network }) },
  });
  return {
    docker,
    label,
    start,
    echo: (name, network) => start(name, node(ECHO, network)),
    talker: (name, echo, { network, ask } = {}) => start(name, node(TALKER, network, ask ?? echo.address)),
    series: (name, echo, { network, ask } = {}) => start(name, node(SERIES, network, ask ?? echo.address)),
    lock,
    async agent(name, faults) {
      const runId = `live-${process.pid}-${name}`;
      const orders = { runId, leaseMs: LEASE_MS, lock: `firedrill-lock-${runId}`, faults };
      await lock(orders.lock, runId);
      const labels = { [STAGE_LABEL]: label };
      return startAgent({ docker, image: AGENT_IMAGE, orders, name: `firedrill-agent-${runId}`, labels, onNotice: () => {} });
    },
    async remove() {
      // An agent that a failing test left behind undoes all it did, so that no other test finds it.
      const running = await docker.listContainers({
        filters: JSON.stringify({ label: [`${STAGE_LABEL}=${label}`, `${LABEL.role}=agent`] }),
      });
      for (const { Id } of running) await docker.getContainer(Id).stop({ t: UNDO_WITHIN_S });
      for (const { lock, runId } of locks) await releaseLock(docker, lock, runId);
      const left = await docker.listContainers({ all: true, filters: JSON.stringify({ label: [`${STAGE_LABEL}=${label}`] }) });
      const ids = new Set([...made.map((each) => each.id), ...left.map((each) => each.Id)]);
      await Promise.all(
        [...ids].map((id) =>
          docker
            .getContainer(id)
            .remove({ force: true })
            .catch(() => {}),
        ),
      );
    },
  };
}

/** Waits until it is so; rejects with what was waited for when it is not in time. */
export async function until(what: string, so: () => boolean | Promise<boolean>, withinMs = SEEN_WITHIN_MS): Promise<void> {
  const limitMs = hostMs() + withinMs;
  while (!(await so())) {
    if (hostMs() > limitMs) throw new Error(`waited ${withinMs} ms in vain: ${what}`);
    await sleep(10);
  }
}

/** What was seen by one way from an instant on, answers and errors alike. */
export function seenBy(actor: Actor, via: Sight['via'], fromMs: number, toMs = Number.POSITIVE_INFINITY): readonly Sight[] {
  return actor.sights.filter((sight) => sight.via === via && sight.atMs >= fromMs && sight.atMs <= toMs);
}

/** A command's output, from inside a container. */
export async function inside(docker: Docker, container: Docker.Container, command: readonly string[], input = ''): Promise<string> {
  const exec = await container.exec({
    Cmd: ['sh', '-c', `"$@" <<'END'\n${input}\nEND`, 'sh', ...command],
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await exec.start({ hijack: true, stdin: false });
  const chunks: Buffer[] = [];
  const collect = { write: (chunk: Buffer) => void chunks.push(chunk) };
  docker.modem.demuxStream(stream, collect as unknown as NodeJS.WritableStream, collect as unknown as NodeJS.WritableStream);
  // An engine that resets the connection instead of ending it lets no 'end' come.
  await new Promise((resolve) => stream.on('end', resolve).on('close', resolve).on('error', resolve));
  return Buffer.concat(chunks).toString('utf8');
}

/** All packet rules of a container, IPv4 and IPv6, without what changes by itself: counters and the time of reading. */
export async function rulesOf(docker: Docker, container: Docker.Container): Promise<string> {
  const saved = await Promise.all(['iptables-nft-save', 'ip6tables-nft-save'].map((program) => inside(docker, container, [program])));
  return saved
    .join('')
    .replaceAll(/\[\d+:\d+\]/g, '')
    .replaceAll(/^#.*\n/gm, '');
}

/** Kills a process of the engine's host, as the kernel's out-of-memory killer would: without the engine knowing. */
export async function killOnHost(docker: Docker, pid: number): Promise<void> {
  const killer = await docker.createContainer({
    Image: BASE_IMAGE,
    Cmd: ['sh', '-c', `kill -9 ${pid}`],
    // The engine's AppArmor profile lets nobody signal what is not of its own profile.
    HostConfig: { PidMode: 'host', NetworkMode: 'none', SecurityOpt: ['apparmor=unconfined', 'label=disable'] },
    Labels: { [STAGE_LABEL]: 'killer' },
  });
  await killer.start();
  const { StatusCode } = await killer.wait();
  await killer.remove({ force: true });
  assert.equal(StatusCode, 0, `process ${pid} could not be killed`);
}

function listen(docker: Docker, output: NodeJS.ReadWriteStream, sights: Sight[]): void {
  let text = '';
  const collect = {
    write(chunk: Buffer) {
      text += chunk.toString('utf8');
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) if (line.startsWith('{"via"')) sights.push(JSON.parse(line));
    },
  };
  docker.modem.demuxStream(output, collect as unknown as NodeJS.WritableStream, collect as unknown as NodeJS.WritableStream);
}

const ECHO = `
const net = require('node:net'), dgram = require('node:dgram');
for (const [host, type] of [['0.0.0.0', 'udp4'], ['::', 'udp6']]) {
  const server = net.createServer({ noDelay: true }, (socket) => socket.on('error', () => {}).pipe(socket)).on('error', () => {});
  server.listen({ port: 7000, host, ipv6Only: true });
  const udp = dgram.createSocket({ type, ipv6Only: type === 'udp6' }).on('error', () => {});
  udp.on('message', (message, from) => udp.send(message, from.port, from.address)).bind(7001);
}
`;

const TALKER = `
const net = require('node:net'), dgram = require('node:dgram');
const host = process.argv[1];
const now = () => Number(process.hrtime.bigint()) / 1e6;
const tell = (via, seen) => process.stdout.write(JSON.stringify({ via, atMs: now(), ...seen }) + '\\n');
const talk = (via, connection) => {
  let text = '';
  connection.setNoDelay(true).on('data', (chunk) => {
    const lines = (text += chunk).split('\\n');
    text = lines.pop();
    for (const line of lines) tell(via, { ms: now() - Number(line) });
  });
  connection.on('error', (error) => tell(via, { error: error.code }));
  setInterval(() => connection.write(now() + '\\n'), 20);
};
talk('tcp', net.connect(7000, host));
net.createServer((socket) => socket.pipe(socket)).listen(7000, '127.0.0.1', () => talk('loopback', net.connect(7000, '127.0.0.1')));
const udp = dgram.createSocket(net.isIPv6(host) ? 'udp6' : 'udp4');
udp.on('message', (message) => tell('udp', { ms: now() - Number(message) }));
setInterval(() => udp.send(String(now()), 7001, host, (error) => error && tell('udp', { error: error.code })), 20);
setInterval(() => {
  const began = now();
  const socket = net.connect({ host, port: 7000 }, () => { tell('connect', { ms: now() - began }); socket.destroy(); });
  socket.setTimeout(1000, () => socket.destroy()).on('error', (error) => tell('connect', { error: error.code }));
}, 100);
`;

const SERIES = `
const host = process.argv[1];
const now = () => Number(process.hrtime.bigint()) / 1e6;
const udp = require('node:dgram').createSocket(host.includes(':') ? 'udp6' : 'udp4');
udp.on('message', (message) => {
  const [number, sent] = String(message).split(' ');
  const intact = /^([0-9]+ [0-9.]+) x{200} \\1$/.test(String(message));
  process.stdout.write(JSON.stringify({ via: 'series', atMs: now(), ms: now() - Number(sent), number: Number(number), intact }) + '\\n');
});
udp.on('error', () => {});
let number = 0;
setInterval(() => {
  // Twice, so that a digit that became another is told from what was sent.
  const stamp = number++ + ' ' + now();
  udp.send(stamp + ' ' + 'x'.repeat(200) + ' ' + stamp, 7001, host, () => {});
}, 5);
`;
