/**
 * What dead runs left: agents and locks on the engine, journals here with an intent and no undo. A run counts as alive
 * while its lock is there and nothing says that it is stale; what belongs to a live run is named and left alone.
 */
import type Docker from 'dockerode';
import { type FoundAgent, findAgents } from '../../agent/remains.ts';
import { findLocks, type LockHolder, staleBecause } from '../../docker/lock.ts';
import { findLeftovers, type Leftovers } from '../../journal/leftovers.ts';
import { type Run, readJournal } from '../../journal/reader.ts';

/** Everything that one run left. */
export interface Remains {
  readonly runId: string;
  /** Why it may still be alive; undefined where it is dead. */
  readonly alive: string | undefined;
  readonly agents: readonly FoundAgent[];
  readonly locks: readonly LockHolder[];
  readonly run: Run | undefined;
  readonly leftovers: Leftovers | undefined;
}

/** By run, oldest first; runs that left nothing are not among them. `runs` are those whose journals are here. */
export async function findRemains(docker: Docker, runs: readonly Run[]): Promise<readonly Remains[]> {
  const [agents, locks] = await Promise.all([findAgents(docker), findLocks(docker)]);
  const ids = new Set([...agents.map((each) => each.runId), ...locks.map((each) => each.runId), ...runs.map((each) => each.id)]);
  const remains = await Promise.all(
    [...ids].sort().map(async (runId): Promise<Remains> => {
      const run = runs.find((each) => each.id === runId);
      const held = locks.filter((each) => each.runId === runId);
      return {
        runId,
        alive: await aliveBecause(docker, held),
        agents: agents.filter((each) => each.runId === runId),
        locks: held,
        run,
        leftovers: run && findLeftovers((await readJournal(run.journal)).events),
      };
    }),
  );
  return remains.filter((each) => each.agents.length + each.locks.length > 0 || leftSomething(each.leftovers));
}

/** True where the journal here tells of something that was not put back. */
export function leftSomething(leftovers: Leftovers | undefined): boolean {
  return leftovers !== undefined && leftovers.faults.length + leftovers.systems.length > 0;
}

async function aliveBecause(docker: Docker, locks: readonly LockHolder[]): Promise<string | undefined> {
  for (const holder of locks) {
    if ((await staleBecause(docker, holder)) !== undefined) continue;
    return `${holder.user} on ${holder.host} (process ${holder.pid}) holds its lock since ${holder.since}`;
  }
  return undefined;
}

/** One line for each thing that is left, for people. */
export function describeRemains({ runId, agents, locks, leftovers }: Remains): readonly string[] {
  return [
    ...agents.map((agent) => `run ${runId}: its agent ${agent.name} (${agent.state})`),
    ...locks.map((lock) => `run ${runId}: its lock on ${lock.system}, by ${lock.user} on ${lock.host}`),
    ...(leftovers?.faults ?? []).map(
      (left) => `run ${runId}: the fault '${left.fault}' came as far as ${left.reached}, and no undo is recorded`,
    ),
    ...(leftovers?.systems ?? []).map(
      (system) => `run ${runId}: the system ${system.project} was ${system.action === 'up' ? 'brought up' : 'changed'} and not put back`,
    ),
  ];
}
