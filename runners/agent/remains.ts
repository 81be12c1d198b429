/**
 * What is left of agents on an engine: found by label, from any machine. An agent that undid everything by itself
 * stays as a stopped container until its log was read; one that died at work is replaced by a sweeper, which
 * undoes and reads back the same orders, and goes by the dead one's memory where that can still be read.
 */
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';
import { extract } from 'tar-stream';
import { ifThere } from '../docker/absent.ts';
import { LABEL } from '../docker/labels.ts';
import { EXIT, FiredrillError } from '../failure.ts';
import { createAgentContainer } from './container.ts';
import { splitFrames } from './engine-frames.ts';
import type { Orders } from './orders.ts';
import { ordersShape } from './orders.ts';
import { MEMORY_PATH, ORDERS_PATH, SWEEP_VARIABLE } from './places.ts';
import type { AgentNotice } from './protocol.ts';
import { noticeShape } from './protocol.ts';

/** How long a sweeper may take; it undoes one fault after the other. */
const SWEEP_TIMEOUT_MS = 180_000;
/** Longest file that is read out of an agent's container. */
const FILE_BYTES_MAX = 8_000_000;

/** An agent's container. `state` is the engine's word: running, exited, restarting … */
export interface FoundAgent {
  readonly id: string;
  readonly name: string;
  readonly runId: string;
  readonly state: string;
}

/** Every agent on the engine, running or not. */
export async function findAgents(docker: Docker): Promise<readonly FoundAgent[]> {
  const found = await docker.listContainers({ all: true, filters: JSON.stringify({ label: [`${LABEL.role}=agent`] }) });
  return found.map((each) => ({
    id: each.Id,
    name: each.Names[0]?.replace(/^\//, '') ?? each.Id,
    runId: each.Labels[LABEL.run] ?? '',
    state: each.State,
  }));
}

/** The orders that an agent was created with. Throws FiredrillError `orders-unreadable` (exit 6). */
export async function readOrders(docker: Docker, containerId: string): Promise<Orders> {
  try {
    return ordersShape.parse(JSON.parse(await readFile(docker, containerId, ORDERS_PATH)));
  } catch (error) {
    throw new FiredrillError('orders-unreadable', `The orders of the agent ${containerId.slice(0, 12)} cannot be read: ${error}`, {
      hint: 'The journal of its run names the containers it touched.',
      exitCode: EXIT.notUndone,
      cause: error,
    });
  }
}

/** What an agent remembers of what it touched; undefined where it never began, or cannot be read. */
export async function readMemory(docker: Docker, containerId: string): Promise<string | undefined> {
  return readFile(docker, containerId, MEMORY_PATH).catch(() => undefined);
}

/** What an agent said unasked, oldest first. */
export async function readNotices(docker: Docker, containerId: string): Promise<readonly AgentNotice[]> {
  const log = await docker.getContainer(containerId).logs({ stdout: true, stderr: false, follow: false });
  return splitFrames(log)
    .text.split('\n')
    .flatMap((line) => {
      const notice = noticeShape.safeParse(parseJson(line));
      return notice.success ? [notice.data] : [];
    });
}

export interface Sweep {
  /** True when everything was undone and read back, and the lock is gone. */
  readonly clean: boolean;
  readonly notices: readonly AgentNotice[];
}

/**
 * Undoes orders by an agent of its own, and removes that agent again, unless something could not be undone: then it stays
 * and goes on trying. `memory` is the dead agent's; without it every operation counts as having touched its container.
 */
export async function startSweeper(docker: Docker, image: string, orders: Orders, memory?: string): Promise<Sweep> {
  const name = `firedrill-sweeper-${orders.runId}-${process.pid}-${Date.now()}`;
  const container = await createAgentContainer({ docker, image, orders, name, labels: {}, sweep: { memory } });
  await container.start();
  const ended = await waitUntilLeft(docker, container.id);
  if (ended.clean) await container.remove({ force: true });
  return ended;
}

/**
 * Ends what an agent left: one that is still at work is stopped (it undoes by itself), one that did not leave clean is
 * swept by a fresh one; then its container is removed. Answers with what both of them said; undefined where the container is gone, or
 * goes meanwhile, or never
 * began to sweep: nobody can tell by it whether everything is undone.
 */
export async function sweepAgent(docker: Docker, image: string, containerId: string): Promise<Sweep | undefined> {
  try {
    return await sweepFound(docker, image, containerId);
  } catch (error) {
    if ((await stateOf(docker, containerId)) === undefined) return undefined;
    throw error;
  }
}

async function sweepFound(docker: Docker, image: string, containerId: string): Promise<Sweep | undefined> {
  const container = docker.getContainer(containerId);
  const state = await stateOf(docker, containerId);
  if (state === undefined) return undefined;
  if (state === 'created') {
    // Whoever made it died, or was cut off, before starting it. By an agent nothing was touched then; a sweeper came after one.
    const sweeper = await isSweeper(container);
    await container.remove({ force: true });
    return sweeper ? undefined : { clean: true, notices: [] };
  }
  await container.stop().catch(() => {});
  const notices = await readNotices(docker, containerId);
  const last = notices.at(-1);
  if (last?.notice === 'left' && last.clean) {
    await container.remove({ force: true });
    return { clean: true, notices };
  }
  const swept = await startSweeper(docker, image, await readOrders(docker, containerId), await readMemory(docker, containerId));
  if (swept.clean) await container.remove({ force: true });
  return { clean: swept.clean, notices: [...notices, ...swept.notices] };
}

async function isSweeper(container: Docker.Container): Promise<boolean> {
  return (await container.inspect()).Config.Env.some((each) => each.startsWith(`${SWEEP_VARIABLE}=`));
}

/** The engine's word for a container's state; undefined where it is gone, or on its way out. */
async function stateOf(docker: Docker, containerId: string): Promise<string | undefined> {
  const status = (await ifThere(docker.getContainer(containerId).inspect()))?.State.Status;
  return status === 'removing' || status === 'dead' ? undefined : status;
}

/** Follows its log until it says that it left, whether clean or not. */
async function waitUntilLeft(docker: Docker, containerId: string): Promise<Sweep> {
  const deadline = performance.now() + SWEEP_TIMEOUT_MS;
  while (performance.now() < deadline) {
    const notices = await readNotices(docker, containerId);
    const left = notices.find((notice) => notice.notice === 'left');
    if (left?.notice === 'left') return { clean: left.clean, notices };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { clean: false, notices: await readNotices(docker, containerId) };
}

async function readFile(docker: Docker, containerId: string, path: string): Promise<string> {
  const archive = await docker.getContainer(containerId).getArchive({ path });
  const files = extract();
  Readable.from(archive).pipe(files);
  for await (const entry of files) {
    if ((entry.header.size ?? 0) > FILE_BYTES_MAX) throw new Error(`${path} is longer than ${FILE_BYTES_MAX} bytes`);
    return text(entry);
  }
  throw new Error(`${path} is not there`);
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
