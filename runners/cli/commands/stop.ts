/**
 * `firedrill stop`: ends the runs on an engine, from any terminal and any machine that reaches it. Each runner is asked to stop and undo; where
 * none hears, its agent is told to, which undoes by itself.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { findAgents } from '../../agent/remains.ts';
import { connectEngine } from '../../docker/engine.ts';
import { findLocks, type LockHolder, staleBecause } from '../../docker/lock.ts';
import { askToStop, forgetAsking, hold, isAskedToStop, release } from '../../docker/stop-mark.ts';
import { EXIT, type ExitCode } from '../../failure.ts';
import type { CliIo } from '../io.ts';

export interface StopOptions {
  readonly hold: boolean;
  readonly release: boolean;
  readonly json: boolean;
}

/** A runner looks several times a second; one that has not heard by then is frozen, cut off, or busy to death. */
const HEARD_WITHIN_MS = 3_000;
/** From asking to the lock being gone: undo, and the system as it was found. */
const ENDED_WITHIN_MS = 300_000;
const LOOK_EVERY_MS = 100;

interface Stopped {
  readonly runId: string;
  readonly state: 'stopped' | 'dead' | 'not-ended';
  readonly detail: string;
}

/** Stops one run, or all. Exits with 6 where a run did not end, or was dead already: then sweep has to look. */
export async function stop(io: CliIo, runId: string | undefined, options: StopOptions): Promise<ExitCode> {
  const docker = await connectEngine(io.environment);
  const say = (text: string) => {
    if (!options.json) io.stdout.write(`${text}\n`);
  };
  if (options.release) {
    await release(docker);
    say('released: runs may begin again');
    return EXIT.passed;
  }
  if (options.hold) {
    await hold(docker);
    say('held: no run begins on this engine until: firedrill stop --release');
  }
  const locks = (await findLocks(docker)).filter((each) => runId === undefined || each.runId === runId);
  const runs = [...new Map(locks.map((each) => [each.runId, each])).values()];
  if (runs.length === 0) say(runId === undefined ? 'no run is on' : `no run ${runId} is on`);
  const stopped = await Promise.all(runs.map((each) => stopRun(docker, each)));
  for (const { runId: id, detail } of stopped) say(`run ${id}: ${detail}`);
  if (options.json) io.stdout.write(`${JSON.stringify({ held: options.hold, runs: stopped }, undefined, 2)}\n`);
  return stopped.every(({ state }) => state === 'stopped') ? EXIT.passed : EXIT.notUndone;
}

async function stopRun(docker: Docker, holder: LockHolder): Promise<Stopped> {
  const { runId } = holder;
  const stale = await staleBecause(docker, holder);
  if (stale !== undefined) return { runId, state: 'dead', detail: `it is dead (${stale}); put back what it left: firedrill sweep` };
  await askToStop(docker, runId);
  try {
    const heard = await until(HEARD_WITHIN_MS, async () => !(await isAskedToStop(docker, runId)));
    if (!heard) await stopAgents(docker, runId);
    const ended = await until(ENDED_WITHIN_MS, async () => !(await findLocks(docker)).some((each) => each.runId === runId));
    const how = heard ? 'its runner stopped it' : 'its runner did not hear, and its agent was told to stop';
    if (ended) return { runId, state: 'stopped', detail: `${how}; everything is undone` };
    return { runId, state: 'not-ended', detail: `${how}, and its lock is still there: see what is left with firedrill sweep` };
  } finally {
    await forgetAsking(docker, runId);
  }
}

/** An agent that is told to stop undoes everything before it ends, and then gives back the lock. */
async function stopAgents(docker: Docker, runId: string): Promise<void> {
  const agents = (await findAgents(docker)).filter((each) => each.runId === runId);
  await Promise.all(
    agents.map(({ id }) =>
      docker
        .getContainer(id)
        .stop()
        .catch(() => undefined),
    ),
  );
}

async function until(limitMs: number, so: () => Promise<boolean>): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  while (!(await so())) {
    if (performance.now() > deadline) return false;
    await sleep(LOOK_EVERY_MS);
  }
  return true;
}
