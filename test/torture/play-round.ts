/** One round: an experiment by chance, a blow at an instant by chance; then everything has to be as it was. */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { findAgents, readNotices } from '../../runners/agent/remains.ts';
import { main } from '../../runners/cli/main.ts';
import { faults } from '../../runners/faults/index.ts';
import { firedrill, type Running, startFiredrill } from '../helpers/firedrill-process.ts';
import { compare, type Sections } from './checker/snapshot.ts';
import { drawRound, experimentOf, LEASE_MS, type Round, type Victim } from './draw-round.ts';
import { openLine } from './engine-line.ts';
import { markerLeft, writeScripts } from './marker-scripts.ts';
import type { OwnEngine } from './own-engine.ts';
import { brokenPromises, type Times, timesOf } from './promises.ts';
import type { TorturedSystem, TortureSystem } from './systems/system.ts';
import { type Blow, strike } from './victims.ts';

export interface Ground {
  readonly engine: OwnEngine;
  readonly tortured: TortureSystem;
  readonly system: TorturedSystem;
  readonly victims: readonly Victim[];
  look(): Promise<Sections>;
  /** What was seen when all of it was up and at rest; what is left is what differs from it. */
  readonly clean: Sections;
}

/** A line of rounds.ndjson: the round as it was drawn, so that it can be played again, and what came of it. */
export interface RoundResult extends Round {
  /** Where it was played before; that line stays. */
  readonly repeated?: true;
  readonly blow: string;
  /** How the runner ended. */
  readonly runner: string;
  readonly times: Times | undefined;
  /** How each life of an agent ended, and what it could not do. */
  readonly agents: readonly string[];
  readonly lagMs: number;
  readonly swept: string;
  /** What the checker saw before anybody swept, but for agents that wait to be read; empty where firedrill put back all of it by itself. */
  readonly leftBeforeSweep: readonly string[];
  /** What was left at the end; has to be empty. */
  readonly left: readonly string[];
  readonly broken: readonly string[];
}

/** A round to be drawn, or one that was. */
export type ToPlay = { readonly seed: number; readonly round: number } | Round;

const ATTEMPTS_MAX = 20;
const EFFECT_LIMIT_MS = 60_000;
const RUNNER_END_LIMIT_MS = 120_000;
const AGENTS_END_LIMIT_MS = 60_000;
const SETTLE_LIMIT_MS = 10_000;
/** On a busy machine one look may take longer than that. */
const LOOKS_MIN = 3;
const NOTHING_SWEPT = /exit 0: nothing is left behind$/;
/** How a runner ended that did not end by itself. */
const HUNG = 'hung';
/** Of what a runner said that ended badly. */
const LAST_CHARACTERS = 600;
/** The journal wants 64 MiB; the rest is what the blow fills. */
const DISK = 'size=80m';

/** Draws until `plan` has nothing against it; a round that was drawn before is taken as it is. */
async function drawPlanned(of: ToPlay, ground: Ground, folder: string): Promise<Round> {
  if ('faults' in of) {
    await writeFile(join(folder, 'experiment.yaml'), experimentOf(of, ground.tortured));
    return of;
  }
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const names = faults.map((fault) => fault.name);
    const round = drawRound({ ...of, attempt }, ground.tortured, ground.victims, names);
    await writeFile(join(folder, 'experiment.yaml'), experimentOf(round, ground.tortured));
    const said: string[] = [];
    const output = { write: (text: string) => said.push(text) };
    const exitCode = await main({
      args: ['plan', 'experiment.yaml'].map((each, index) => (index === 1 ? join(folder, each) : each)),
      environment: { ...process.env, DOCKER_HOST: ground.engine.address },
      workingDirectory: folder,
      stdout: output,
      stderr: output,
      onSignal: () => () => {},
    });
    if (exitCode === 0) return round;
  }
  throw new Error(`seed ${of.seed}, round ${of.round}: nothing that plan accepts in ${ATTEMPTS_MAX} attempts`);
}

export async function playRound(of: ToPlay, ground: Ground): Promise<RoundResult> {
  await using scratch = await scratchFolder();
  await writeScripts(scratch.path);
  const round = await drawPlanned(of, ground, scratch.path);
  await using line = await usable(openLine(ground.engine.socket));
  const folder = join(scratch.path, 'runner');
  await mkdir(folder);
  await using _disk = round.victim === 'full-disk' ? await smallDisk(folder) : nothing;
  const { docker } = ground.engine;
  const lag = measureLag();
  const experiment = join(scratch.path, 'experiment.yaml');
  const args = ['run', experiment, '--yes', '--lease', `${LEASE_MS}ms`, '--seed', String(of.seed)];
  const running = startFiredrill(args, folder, { DOCKER_HOST: line.address });
  await instant(round, running);
  const blow = await strike(round, { engine: ground.engine, system: ground.system, runner: running.child, line, folder });
  await untilAgentsEnd(docker);
  blow.mend?.();
  const runner = await endOf(running);
  await untilAgentsEnd(docker);
  // Without its agent, nothing comes back before the sweep.
  if (round.victim !== 'runner-and-agent') await ground.system.settled();
  const { times, agents: said } = await toldByAgents(docker, blow);
  const lagMs = lag();
  const agents = (await findAgents(docker)).map((each) => each.name);
  const leftBeforeSweep = round.victim === 'runner-and-agent' ? ['the agent was removed'] : await differencesAtLast(ground, agents);
  const swept = await sweep(round, ground, folder, scratch.path);
  // A sweep that found nothing after a look that saw nothing is itself looked after at the next round, or at the end of them.
  const wasIdle = leftBeforeSweep.length === 0 && agents.length === 0 && NOTHING_SWEPT.test(swept);
  const left = [...(wasIdle ? [] : await differencesSettled(ground)), ...markerLeft(scratch.path)];
  const hung = runner.startsWith(HUNG) ? [`the runner ${runner}`] : [];
  const broken = [...brokenPromises(round.victim, times, LEASE_MS, lagMs), ...hung];
  if (left.length + hung.length > 0) scratch.keep();
  return { ...round, blow: blow.what, runner, times, agents: said, lagMs, swept, leftBeforeSweep, left, broken };
}

async function instant({ after, afterMs }: Round, running: Running): Promise<void> {
  if (after === 'effect') {
    const effect = running.until(/in effect since/).then(() => sleep(afterMs));
    await Promise.race([effect.catch(() => {}), sleep(EFFECT_LIMIT_MS, undefined, { ref: false })]);
    return;
  }
  await Promise.race([running.ended, sleep(afterMs)]);
}

async function endOf(running: Running): Promise<string> {
  const outcome = await Promise.race([running.ended, sleep(RUNNER_END_LIMIT_MS, undefined, { ref: false })]);
  if (outcome)
    return outcome.exitCode === null
      ? 'killed'
      : `exit ${outcome.exitCode}${outcome.exitCode > 5 ? `: ${outcome.stderr.trim().slice(-LAST_CHARACTERS)}` : ''}`;
  running.child.kill('SIGKILL');
  await running.ended;
  return `${HUNG} for ${RUNNER_END_LIMIT_MS} ms`;
}

/** An agent that cannot put back everything goes on trying; that is for the checker to see. */
async function untilAgentsEnd(docker: Docker): Promise<void> {
  const limitMs = performance.now() + AGENTS_END_LIMIT_MS;
  const atWork = async () => (await findAgents(docker)).some((each) => !['exited', 'created', 'dead'].includes(each.state));
  while ((await atWork()) && performance.now() < limitMs) await sleep(50);
}

async function toldByAgents(docker: Docker, blow: Blow): Promise<{ times: Times | undefined; agents: readonly string[] }> {
  const wallMs = Date.now();
  const hostNs = process.hrtime.bigint();
  const toWallMs = (atNs: string) => wallMs + Number(BigInt(atNs) - hostNs) / 1e6;
  const notices = (await Promise.all((await findAgents(docker)).map((agent) => readNotices(docker, agent.id)))).flat();
  const said = notices.flatMap((each) => {
    if (each.notice === 'left') return [`left ${each.clean ? 'clean' : 'with something left'}`];
    if (each.notice !== 'undone') return [];
    return each.results.flatMap(({ error, container }) => (error === undefined ? [] : [`${each.fault} on ${container}: ${error}`]));
  });
  return { times: timesOf(notices, blow.atMs, toWallMs), agents: said };
}

/** Looks until nothing differs, at most so long: parts of the system that were started anew need a moment to be as they were. */
async function differencesAtLast({ look, clean }: Ground, besides: readonly string[]): Promise<readonly string[]> {
  const limitMs = performance.now() + SETTLE_LIMIT_MS;
  for (let looks = 1; ; looks += 1) {
    const left = compare(clean, await look()).filter((each) => !besides.some((name) => each.includes(name)));
    if (left.length === 0 || (looks >= LOOKS_MIN && performance.now() > limitMs)) return left;
    await sleep(500);
  }
}

/** What differs once everything has come to rest. */
export async function differencesSettled(ground: Ground): Promise<readonly string[]> {
  await ground.system.settled();
  return differencesAtLast(ground, []);
}

/** In the runner's folder, or, as from another machine, in an empty one. */
async function sweep({ elsewhere }: Round, { engine }: Ground, folder: string, scratch: string): Promise<string> {
  const empty = join(scratch, 'elsewhere');
  await mkdir(empty);
  await rm(join(folder, 'ballast'), { force: true });
  const outcome = await firedrill(['sweep', '--yes'], elsewhere ? empty : folder, { DOCKER_HOST: engine.address });
  return `${elsewhere ? 'elsewhere' : 'in its folder'}: exit ${outcome.exitCode}: ${(outcome.stdout + outcome.stderr).trim().split('\n').slice(-3).join('; ')}`;
}

/** How late a timer of ours was at most, while it was measured. */
function measureLag(): () => number {
  let worstMs = 0;
  let lastMs = performance.now();
  const timer = setInterval(() => {
    const nowMs = performance.now();
    worstMs = Math.max(worstMs, nowMs - lastMs - 10);
    lastMs = nowMs;
  }, 10);
  return () => {
    clearInterval(timer);
    return Math.round(worstMs);
  };
}

/** Removed at the end of the round, unless somebody has to look into the journal that is in it. */
async function scratchFolder(): Promise<{ readonly path: string; keep(): void } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'firedrill-torture-'));
  let kept = false;
  return {
    path,
    keep: () => (kept = true),
    [Symbol.asyncDispose]: async () => {
      if (!kept) await rm(path, { recursive: true, force: true });
    },
  };
}

async function usable<Closable extends { close(): Promise<void> }>(opening: Promise<Closable>): Promise<Closable & AsyncDisposable> {
  const opened = await opening;
  return { ...opened, [Symbol.asyncDispose]: () => opened.close() };
}

const nothing: AsyncDisposable = { [Symbol.asyncDispose]: async () => {} };

async function smallDisk(folder: string): Promise<AsyncDisposable> {
  spawnSync('mount', ['-t', 'tmpfs', '-o', DISK, 'firedrill-torture', folder]);
  return { [Symbol.asyncDispose]: async () => void spawnSync('umount', ['--lazy', folder]) };
}
