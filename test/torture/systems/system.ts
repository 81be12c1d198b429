/** What can be tortured: the parts that faults are aimed at, what has to be known of each, and how all of it is brought up. */
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { ImageRecipe } from '../../../runners/docker/recipes.ts';
import type { Scope } from '../checker/snapshot.ts';

export type Settings = Readonly<Record<string, unknown>>;

/** By role, which is a label of its containers. */
export interface Part {
  /** The TCP port that it answers on. */
  readonly listens: number;
  /** Roles that it has to do with. */
  readonly talksTo: readonly string[];
  /** By fault, what that has to be told of this part. Of faults that not every part can suffer, those that this one can. */
  readonly suffers: Readonly<Record<string, Settings>>;
  /** Faults that the system would not survive in this part, and so are no test of whether they come undone. */
  readonly spared?: readonly string[];
}

export interface TortureSystem {
  readonly name: string;
  readonly parts: Readonly<Record<string, Part>>;
  /** True where a role has several containers, so that a fault may fall on all of them or on one. */
  readonly several: boolean;
  /** What has to be on the engine before, besides the agent's image. */
  images(): Promise<readonly ImageRecipe[]>;
  /** Brings it up on an engine of its own that has the images. */
  bringUp(docker: Docker, log: (line: string) => void): Promise<TorturedSystem>;
}

/** One that is up. */
export interface TorturedSystem {
  /** Containers that may be struck, by name, the same in every run. */
  readonly targets: readonly string[];
  /** What the checker has to know of it. */
  readonly scope: Omit<Scope, 'wholeHost' | 'hostPid'>;
  /** Resolves when every container is well, or the time for it is over, with those that are not. */
  settled(): Promise<readonly string[]>;
  pidOf(name: string): Promise<number>;
}

/** Whether a database replays, and how many locks are held that keep others out. */
const DATABASE_STATE = `select case when pg_is_in_recovery() then 'replay paused: ' || pg_is_wal_replay_paused() else 'primary' end,
  (select count(*) from pg_locks where locktype = 'relation' and mode in ('ExclusiveLock', 'AccessExclusiveLock'))`;

/** Questions for the checker; `host` is where the database is reached from inside its container. */
export function askDatabase(host: string): readonly string[] {
  return ['psql', '-qAtX', '-h', host, '-U', 'postgres', '-d', 'postgres', '-c', DATABASE_STATE];
}

/** A command that waits while any is paused, and changes nothing: a publication that nobody hears. */
export const ASK_CACHE = ['timeout', '20', 'redis-cli', '-h', '127.0.0.1', 'publish', 'checker', 'looks'];

const LOOK_EVERY_MS = 200;

/** Waits until all of these containers run, and are healthy where they have a health check. */
export async function untilWell(docker: Docker, names: readonly string[], limitMs: number): Promise<readonly string[]> {
  const endMs = performance.now() + limitMs;
  for (;;) {
    const states = await Promise.all(names.map((name) => stateOf(docker, name)));
    const amiss = names.flatMap((name, index) => (states[index] === 'running' ? [] : [`${name} (${states[index]})`]));
    if (amiss.length === 0 || performance.now() > endMs) return amiss;
    await sleep(LOOK_EVERY_MS);
  }
}

export async function pidOf(docker: Docker, name: string): Promise<number> {
  return (await docker.getContainer(name).inspect()).State.Pid;
}

/** `running` where it is well. */
async function stateOf(docker: Docker, name: string): Promise<string> {
  try {
    const { Status, Health } = (await docker.getContainer(name).inspect()).State;
    return Status === 'running' && Health !== undefined && Health.Status !== 'healthy' ? Health.Status : Status;
  } catch (error) {
    return String(error);
  }
}
