/**
 * How fast each fault strikes, is proven and is undone, on 1, 10 and 50 containers, beside the same act without
 * firedrill in the same run: the bare calls of the engine, all at once, and the docker command line (its own commands,
 * or a fresh container with the tools in it).
 *
 * FIREDRILL_BENCH_FAULTS=network-loss,container-kill and FIREDRILL_BENCH_TARGETS=1,10 measure a part.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { AgentClient } from '../../../runners/agent/client.ts';
import type { OperationResult } from '../../../runners/agent/protocol.ts';
import { faults } from '../../../runners/faults/index.ts';
import { openStage, type Stage, targetOf } from '../../helpers/agent-stage.ts';
import { quantile, round, table } from '../table.ts';
import { type BareCall, type ByHand, CASES, type FaultCase, LEFT_OUT } from './cases.ts';
import { type Ground, type GroundName, removeNetwork, startGround } from './grounds.ts';

const LABEL = 'bench-faults';
/** Rounds by number of targets: what takes seconds on many is asked less often. */
const ROUNDS: Readonly<Record<number, number>> = { 1: 7, 10: 7, 50: 3 };
const HAND_ROUNDS: Readonly<Record<number, number>> = { 1: 5, 10: 2, 50: 1 };
const PROVE_MS = 20_000;
const ACT_MS = 60_000;
const COLUMNS = ['fault', 'targets', 'in effect p50', 'p95', 'spread p50', 'max', 'proven p50', 'undone p50', 'p95', 'proofs'];
const BESIDE = ['bare calls', 'undo', 'by hand', 'undo'];

const run = promisify(execFile);

/** What one round came to, in ms from the asking. */
interface Round {
  readonly injectMs: number;
  readonly spreadMs: number;
  readonly provenMs: number;
  readonly undoMs: number;
  readonly proven: boolean;
}

type Rows = Map<FaultCase, (readonly (string | number)[])[]>;

interface Acts {
  readonly injectMs: number;
  readonly undoMs: number;
}

export async function benchFaults(print: (text: string) => void): Promise<void> {
  const known = new Set([...CASES.map(({ fault }) => fault), ...Object.keys(LEFT_OUT)]);
  const missing = faults.filter(({ name }) => !known.has(name)).map(({ name }) => name);
  if (missing.length > 0) throw new Error(`no case is written for ${missing.join(', ')}`);
  const only = process.env['FIREDRILL_BENCH_FAULTS']?.split(',');
  const counts = (process.env['FIREDRILL_BENCH_TARGETS'] ?? '1,10,50').split(',').map(Number);
  const cases = CASES.filter(({ fault }) => only?.includes(fault) ?? true);
  const rows: Rows = new Map();
  const failures: string[] = [];
  for (const ground of new Set(cases.map((each) => each.ground))) {
    const ofGround = cases.filter((each) => each.ground === ground);
    await measureOn(ground, ofGround, counts, rows, failures).catch((error: unknown) => failures.push(`${ground}: ${reasonOf(error)}`));
  }
  const { stdout } = await run('docker', ['version', '-f', '{{.Client.Version}}']);
  print(`Faults on ${counts.join(', ')} containers (ms from the asking); by hand: docker ${stdout.trim()}\n`);
  print(
    table(
      [...COLUMNS, ...BESIDE],
      cases.flatMap((each) => rows.get(each) ?? []),
    ),
  );
  for (const failure of failures) print(`\n${failure}`);
}

/** Adds its rows as it goes, each told on the standard error as well: an hour's figures must not be lost by its last minute. */
async function measureOn(ground: GroundName, cases: readonly FaultCase[], counts: readonly number[], rows: Rows, failures: string[]) {
  const stage = await openStage(LABEL);
  const many = Math.max(...counts);
  try {
    let whole = await startGround(stage, ground, many);
    for (const each of cases) {
      rows.set(each, []);
      for (const count of counts) {
        const fail = (error: unknown) => void failures.push(`${each.fault} on ${count}: ${reasonOf(error)}`);
        let isSpoilt = each.spoilsTargets;
        const failBeside = (error: unknown) => {
          isSpoilt = true;
          fail(error);
        };
        const cells = await cellsOf(each, stage, { ...whole, actors: whole.actors.slice(0, count) }, failBeside).catch(fail);
        const row = [each.fault, count, ...(cells ?? Array<string>(COLUMNS.length + BESIDE.length - 2).fill('?'))];
        rows.get(each)?.push(row);
        process.stderr.write(`${row.join(' | ')}\n`);
        if (cells && !isSpoilt) continue;
        await stage.remove();
        whole = await startGround(stage, ground, many);
      }
    }
  } finally {
    await stage.remove();
    await removeNetwork(stage.docker, LABEL);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Where an act beside ours fails, ours are told all the same. */
async function cellsOf(
  each: FaultCase,
  stage: Stage,
  ground: Ground,
  onFailedBeside: (error: unknown) => void,
): Promise<readonly (string | number)[]> {
  const count = ground.actors.length;
  const rounds = each.consumesTargets ? [await roundOnNew(each, stage, count)] : await roundsOf(each, stage, ground, ROUNDS[count] ?? 3);
  const of = (pick: (round: Round) => number, share: number) => round(quantile(rounds.map(pick), share));
  const bare = each.bare && (await bareCalls(each.bare, stage, ground).catch(onFailedBeside));
  const hand = each.byHand && (await byHand(each.byHand, ground).catch(onFailedBeside));
  return [
    of(({ injectMs }) => injectMs, 0.5),
    of(({ injectMs }) => injectMs, 0.95),
    of(({ spreadMs }) => spreadMs, 0.5),
    of(({ spreadMs }) => spreadMs, 1),
    of(({ provenMs }) => provenMs, 0.5),
    of(({ undoMs }) => undoMs, 0.5),
    of(({ undoMs }) => undoMs, 0.95),
    `${rounds.filter(({ proven }) => proven).length} of ${rounds.length}`,
    ...[bare, hand].flatMap((acts) => [acts ? Math.round(acts.injectMs) : '–', acts ? Math.round(acts.undoMs) : '–']),
  ];
}

async function roundOnNew(each: FaultCase, stage: Stage, count: number): Promise<Round> {
  const [only] = await roundsOf(each, stage, await startGround(stage, each.ground, count), 1);
  if (!only) throw new Error('no round was played');
  return only;
}

async function roundsOf({ fault: name, settings }: FaultCase, stage: Stage, ground: Ground, count: number): Promise<readonly Round[]> {
  const fault = faults.find((each) => each.name === name);
  if (!fault) throw new Error(`there is no fault '${name}'`);
  const { operations } = fault.plan(settings, { targets: ground.actors.map(targetOf), select: ground.select, seed: 1, irreversible: true });
  const agent = await stage.agent(`${name}-${ground.actors.length}`, [{ fault: name, operations }]);
  const rounds: Round[] = [];
  while (rounds.length < count) rounds.push(await roundOf(name, agent));
  await agent.leave();
  return rounds;
}

async function roundOf(fault: string, agent: AgentClient): Promise<Round> {
  sound(await agent.arm(fault, ACT_MS));
  const injectAskedNs = process.hrtime.bigint();
  const injected = times(agent, sound(await agent.inject(fault, ACT_MS)), injectAskedNs);
  const proof = await agent.prove(fault, PROVE_MS);
  const provenMs = Number(process.hrtime.bigint() - injectAskedNs) / 1e6;
  const undoAskedNs = process.hrtime.bigint();
  const undone = times(agent, sound(await agent.undo(fault, ACT_MS)), undoAskedNs);
  sound(await agent.readBack(fault, ACT_MS));
  return {
    injectMs: Math.max(...injected),
    spreadMs: Math.max(...injected) - Math.min(...injected),
    provenMs,
    undoMs: Math.max(...undone),
    proven: proof.every((each) => each.ok),
  };
}

function times(agent: AgentClient, results: readonly OperationResult[], sinceNs: bigint): readonly number[] {
  return results.map((each) => Number(agent.toRunnerNs(each.atNs) - sinceNs) / 1e6);
}

function sound(results: readonly OperationResult[]): readonly OperationResult[] {
  const failed = results.filter((each) => !each.ok);
  if (failed.length > 0) throw new Error(failed.map((each) => `${each.container}: ${each.error}`).join('; '));
  return results;
}

/** Medians of asking the engine for all of it at once. */
async function bareCalls({ inject, undo }: BareCall, { docker }: Stage, { actors, network }: Ground): Promise<Acts> {
  const on = docker.getNetwork(network);
  const all = (call: BareCall['inject']) => () => Promise.all(actors.map(({ container }) => call(container, on)));
  return medians(ROUNDS[actors.length] ?? 3, all(inject), all(undo));
}

/** Medians of doing it by hand, one command after the other. */
async function byHand({ inject, undo }: ByHand, { actors, network }: Ground): Promise<Acts> {
  const ids = actors.map((actor) => actor.ref.id);
  const all = (commands: readonly (readonly string[])[]) => async () => {
    for (const command of commands) await run('docker', command);
  };
  return medians(HAND_ROUNDS[actors.length] ?? 1, all(inject(ids, network)), all(undo(ids, network)));
}

async function medians(rounds: number, inject: () => Promise<unknown>, undo: () => Promise<unknown>): Promise<Acts> {
  const taken: Acts[] = [];
  while (taken.length < rounds) taken.push({ injectMs: await timed(inject), undoMs: await timed(undo) });
  return {
    injectMs: quantile(
      taken.map(({ injectMs }) => injectMs),
      0.5,
    ),
    undoMs: quantile(
      taken.map(({ undoMs }) => undoMs),
      0.5,
    ),
  };
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await act();
  return performance.now() - startedMs;
}
