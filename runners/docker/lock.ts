/**
 * The lock on a system, held on the engine itself: a container that is created and never started. Its name is atomic there, so two
 * machines cannot both have it; its labels say who holds it. A stale lock is named, never stolen.
 */

import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { pack } from 'tar-stream';
import { EXIT, FiredrillError } from '../failure.ts';
import { ifThere, statusOf } from './absent.ts';
import { readProgress } from './engine-progress.ts';
import { LABEL } from './labels.ts';

/** An image with nothing in it; a container has to have one. */
const LOCK_IMAGE = 'firedrill/lock:local';
const NAME_PREFIX = 'firedrill-lock-';

/** What is asked of the engine here. */
export interface LockEngine {
  createContainer(options: { name: string; Image: string; Cmd: string[]; Labels: Record<string, string> }): Promise<unknown>;
  getContainer(name: string): {
    inspect(): Promise<{ Config: { Labels: Readonly<Record<string, string>> } }>;
    remove(options: object): Promise<unknown>;
  };
  getImage(name: string): { inspect(): Promise<unknown> };
  importImage(tar: NodeJS.ReadableStream, options: object): Promise<NodeJS.ReadableStream>;
  listContainers(options: {
    all: boolean;
    filters: Readonly<Record<string, string[]>>;
  }): Promise<readonly { State: string; Names: readonly string[] }[]>;
}

/** What a lock says of itself. */
export interface LockHolder {
  readonly lock: string;
  readonly system: string;
  readonly runId: string;
  readonly host: string;
  readonly pid: number;
  readonly user: string;
  /** ISO 8601. */
  readonly since: string;
}

/** The container name of a system's lock, by its Compose project; runs without one share a lock. */
export function lockName(project: string | undefined): string {
  return NAME_PREFIX + (project ?? 'no-system');
}

/** Takes the lock. Throws FiredrillError `locked` (exit 7) where it is held, naming the holder and since when. */
export async function acquireLock(docker: LockEngine, lock: string, runId: string, now: Date): Promise<void> {
  try {
    await createMark(docker, lock, labelsOf(lock, runId, now));
  } catch (error) {
    if (statusOf(error) !== 409) throw error;
    throw await held(docker, lock, now);
  }
}

/** A container that is there to be seen and is never started; its name is given out once. Throws the engine's 409 where it is taken. */
export async function createMark(docker: LockEngine, name: string, labels: Record<string, string>): Promise<void> {
  await ensureLockImage(docker);
  await docker.createContainer({ name, Image: LOCK_IMAGE, Cmd: ['firedrill'], Labels: labels });
}

/** Every lock on the engine. */
export async function findLocks(docker: LockEngine): Promise<readonly LockHolder[]> {
  const found = await docker.listContainers({ all: true, filters: { label: [`${LABEL.role}=lock`] } });
  const names = found.flatMap((each) => each.Names[0]?.replace(/^\//, '') ?? []);
  return (await Promise.all(names.map((name) => lockHolder(docker, name)))).filter((each) => each !== undefined);
}

/** Gives the lock back; one that is gone already, or is another run's, is left alone. */
export async function releaseLock(docker: LockEngine, lock: string, runId: string): Promise<void> {
  const holder = await lockHolder(docker, lock);
  if (holder?.runId !== runId) return;
  await ifThere(docker.getContainer(lock).remove({ force: true }));
}

/** Who holds a lock; undefined where nobody does. */
export async function lockHolder(docker: LockEngine, lock: string): Promise<LockHolder | undefined> {
  const labels = (await ifThere(docker.getContainer(lock).inspect()))?.Config.Labels;
  return (
    labels && {
      lock,
      system: labels[LABEL.lock] ?? lock,
      runId: labels[LABEL.run] ?? 'unknown',
      host: labels[LABEL.lockHost] ?? 'unknown',
      pid: Number(labels[LABEL.lockPid] ?? 0),
      user: labels[LABEL.lockUser] ?? 'unknown',
      since: labels[LABEL.lockSince] ?? 'unknown',
    }
  );
}

/** Why a lock's run cannot be alive any more; undefined where it may be. */
export async function staleBecause(docker: LockEngine, holder: LockHolder): Promise<string | undefined> {
  if (holder.host === hostIdentity() && !processIsThere(holder.pid)) return `its process ${holder.pid} is gone from this machine`;
  const filters = { label: [`${LABEL.run}=${holder.runId}`, `${LABEL.role}=agent`] };
  const agents = await docker.listContainers({ all: true, filters });
  // One that was created a moment ago is about to be started.
  const over = agents.every((agent) => agent.State !== 'running' && agent.State !== 'created');
  return agents.length > 0 && over ? 'its agent no longer runs' : undefined;
}

/** The engine gives out a name a moment before it knows the container by it. */
const HOLDER_LOOKS = 20;
const HOLDER_LOOK_EVERY_MS = 50;

async function findHolder(docker: LockEngine, lock: string): Promise<LockHolder | undefined> {
  for (let look = 1; look < HOLDER_LOOKS; look += 1) {
    const holder = await lockHolder(docker, lock);
    if (holder) return holder;
    await sleep(HOLDER_LOOK_EVERY_MS);
  }
  return lockHolder(docker, lock);
}

async function held(docker: LockEngine, lock: string, now: Date): Promise<FiredrillError> {
  const holder = await findHolder(docker, lock);
  const options = { exitCode: EXIT.groundUnfit };
  if (!holder) return new FiredrillError('locked', `The lock ${lock} was held a moment ago.`, { ...options, hint: 'Run it again.' });
  const stale = await staleBecause(docker, holder);
  const ageS = Math.round((now.getTime() - Date.parse(holder.since)) / 1000);
  const who = `run ${holder.runId} of ${holder.user} on ${holder.host} (process ${holder.pid}) since ${holder.since}${ageS >= 0 ? `, ${ageS} s ago` : ''}`;
  return new FiredrillError('locked', `The system is locked by ${who}${stale ? `; ${stale}` : ''}. One run at a time is the limit.`, {
    ...options,
    hint: stale ? 'That run is dead. Put back what it left: firedrill sweep' : 'Wait for it to end; if it is dead, type: firedrill sweep',
  });
}

function labelsOf(lock: string, runId: string, now: Date): Record<string, string> {
  return {
    [LABEL.role]: 'lock',
    [LABEL.run]: runId,
    [LABEL.lock]: lock.slice(NAME_PREFIX.length),
    [LABEL.lockHost]: hostIdentity(),
    [LABEL.lockPid]: String(process.pid),
    [LABEL.lockUser]: userName(),
    [LABEL.lockSince]: now.toISOString(),
  };
}

async function ensureLockImage(docker: LockEngine): Promise<void> {
  if ((await ifThere(docker.getImage(LOCK_IMAGE).inspect())) !== undefined) return;
  const nothing = pack();
  nothing.finalize();
  const [repo, tag] = LOCK_IMAGE.split(':');
  await readProgress(await docker.importImage(Readable.from(nothing), { repo, tag }), () => undefined);
}

/** Machines may share a name; the boot id tells them and their reboots apart. */
function hostIdentity(): string {
  try {
    return `${hostname()}/${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8)}`;
  } catch {
    return hostname();
  }
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}

function processIsThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
