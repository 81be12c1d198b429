/** `firedrill sweep`: finds what dead runs left behind, undoes only what is ours, and reads back. */
import type { NamedEngine } from '../../docker/engines.ts';
import { EXIT, type ExitCode } from '../../failure.ts';
import { findRuns } from '../../journal/reader.ts';
import { runsFolder } from '../../journal/run-directory.ts';
import { readConfig } from '../config.ts';
import type { CliIo } from '../io.ts';
import { enginesToSweep } from '../sweep/engines-to-sweep.ts';
import { describeRemains, findRemains, type Remains } from '../sweep/find-remains.ts';
import { describeOrphan, orphanKeepsakes } from '../sweep/orphan-keepsakes.ts';
import { sweepRemains } from '../sweep/sweep-remains.ts';
import { sweepTagged } from '../sweep/sweep-tagged.ts';

export interface SweepOptions {
  readonly yes: boolean;
  readonly json: boolean;
}

/** Sweeps one run, or all that are dead. */
export async function sweep(io: CliIo, runId: string | undefined, options: SweepOptions): Promise<ExitCode> {
  const runs = await findRuns(runsFolder(io.workingDirectory));
  const { engines, unreachable } = await enginesToSweep(io.environment, runs);
  const say = (text: string) => {
    if (!options.json) io.stdout.write(`${text}\n`);
  };
  for (const each of unreachable) say(each);
  const found = await Promise.all(
    engines.map(async (engine) => (await findRemains(engine.docker, runs)).map((each) => ({ ...each, engine }))),
  );
  const all = found.flat().filter((each) => runId === undefined || each.runId === runId);
  // Whether a run of another machine is dead nobody here can tell; who names it says so. One whose agent works is alive.
  const isAlive = (each: Remains) =>
    each.alive !== undefined && (runId === undefined || each.agents.some(({ state }) => state === 'running'));
  // A run that is alive on one of its engines is alive.
  const alive = all.filter(isAlive);
  const dead = all.filter((each) => !alive.some((other) => other.runId === each.runId));
  for (const each of alive) {
    say(`run ${each.runId} may be alive and is left alone: ${each.alive}`);
    say(`  if it is dead, type: firedrill sweep ${each.runId}`);
  }
  const lines = [...new Set(dead.flatMap(describeRemains))];
  for (const line of lines) say(line);
  if (dead.length > 0 && !(await confirmed(io, options, lines.length))) return EXIT.stopped;
  const swept: { runId: string; clean: boolean }[] = [];
  for (const remains of dead) {
    const clean = await sweepRemains({ engine: remains.engine, environment: io.environment, say }, remains);
    swept.push({ runId: remains.runId, clean });
  }
  const tagged = runId === undefined ? await sweepEveryTagged(io, engines, options, say) : [];
  if (tagged.includes('declined')) return EXIT.stopped;
  const orphans = runId === undefined ? (await Promise.all(engines.map(({ docker }) => orphanKeepsakes(docker)))).flat() : [];
  for (const name of orphans) say(describeOrphan(name));
  if (dead.length + orphans.length === 0 && tagged.every((each) => each === 'none')) say('nothing is left behind');
  if (options.json)
    io.stdout.write(
      `${JSON.stringify({ found: lines, alive: alive.map(({ runId, alive: why }) => ({ runId, why })), swept, orphans }, undefined, 2)}\n`,
    );
  const clean = swept.every((each) => each.clean) && !tagged.includes('left') && orphans.length === 0;
  return clean && unreachable.length === 0 ? EXIT.passed : EXIT.notUndone;
}

/** What no run knows of, on each engine in turn. */
async function sweepEveryTagged(io: CliIo, engines: readonly NamedEngine[], options: SweepOptions, say: (text: string) => void) {
  const permission = await readConfig(io.workingDirectory);
  const swept: Awaited<ReturnType<typeof sweepTagged>>[] = [];
  for (const { docker } of engines)
    swept.push(await sweepTagged({ docker, permission, say, confirm: (count) => confirmed(io, options, count) }));
  return swept;
}

async function confirmed(io: CliIo, { yes, json }: SweepOptions, count: number): Promise<boolean> {
  if (yes || json || !io.ask) return true;
  return /^y(es)?$/i.test((await io.ask(`Put back these ${count}? [y/N] `)).trim());
}
