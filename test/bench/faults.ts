/**
 * How fast faults strike and are undone, on 1, 10 and 50 containers, beside the same act done with the docker command line, in the same
 * run: the engine's own commands, or a fresh container with the tools in it.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { AgentClient } from '../../runners/agent/client.ts';
import type { OperationResult } from '../../runners/agent/protocol.ts';
import type { FaultContext } from '../../runners/faults/fault.ts';
import { faults } from '../../runners/faults/index.ts';
import { type Actor, AGENT_IMAGE, openStage, type Stage, targetOf } from '../helpers/agent-stage.ts';
import { quantile, round, table } from './table.ts';

const COUNTS = [1, 10, 50] as const;
const ROUNDS = 7;
/** Proof takes what it takes; here only whether there is one is of interest. */
const PROVE_MS = 2000;
/** The command line is slow; on many containers it is asked less often. */
const CLI_ROUNDS: Readonly<Record<number, number>> = { 1: 5, 10: 2, 50: 1 };

const run = promisify(execFile);

/** The same act by hand. */
interface ByHand {
  readonly inject: (ids: readonly string[]) => readonly (readonly string[])[];
  readonly undo: (ids: readonly string[]) => readonly (readonly string[])[];
}

interface Spec {
  readonly fault: string;
  readonly settings: object;
  readonly byHand?: ByHand;
}

/** One `docker run` of a container with the tools in the target's network. */
const tools =
  (...command: readonly string[]) =>
  (ids: readonly string[]) =>
    ids.map((id) => [
      'run',
      '--rm',
      '--net',
      `container:${id}`,
      '--cap-add',
      'NET_ADMIN',
      '--entrypoint',
      command[0] ?? '',
      AGENT_IMAGE,
      ...command.slice(1),
    ]);
const engine =
  (...command: readonly string[]) =>
  (ids: readonly string[]) => [[...command, ...ids]];

const SPECS: readonly Spec[] = [
  {
    fault: 'network-blackout',
    settings: {},
    byHand: {
      inject: tools('iptables', '-I', 'OUTPUT', '!', '-o', 'lo', '-j', 'DROP'),
      undo: tools('iptables', '-D', 'OUTPUT', '!', '-o', 'lo', '-j', 'DROP'),
    },
  },
  {
    fault: 'network-latency',
    settings: { delay: '100ms' },
    byHand: {
      inject: tools('tc', 'qdisc', 'add', 'dev', 'eth0', 'root', 'tbf', 'rate', '1mbit', 'burst', '32kbit', 'latency', '400ms'),
      undo: tools('tc', 'qdisc', 'del', 'dev', 'eth0', 'root'),
    },
  },
  {
    fault: 'cpu-throttle',
    settings: { cpus: 0.1 },
    byHand: { inject: engine('update', '--cpus', '0.1'), undo: engine('update', '--cpus', '2') },
  },
  { fault: 'cpu-stress', settings: { workers: 1, load: '1%' } },
  { fault: 'container-pause', settings: {}, byHand: { inject: engine('pause'), undo: engine('unpause') } },
  { fault: 'container-kill', settings: {}, byHand: { inject: engine('kill'), undo: engine('start') } },
  { fault: 'container-stop', settings: {}, byHand: { inject: engine('stop', '-t', '0'), undo: engine('start') } },
];

/** What one round came to, in ms. */
interface Round {
  readonly injectMs: number;
  readonly spreadMs: number;
  readonly undoMs: number;
  readonly proven: boolean;
}

export async function benchFaults(print: (text: string) => void): Promise<void> {
  const stage = await openStage('bench-faults');
  try {
    const actors = await startAll(stage, Math.max(...COUNTS));
    const orders = SPECS.flatMap((spec) =>
      COUNTS.map((count) => ({ fault: nameOf(spec, count), operations: operationsOf(spec, actors.slice(0, count)) })),
    );
    const agent = await stage.agent('bench', orders);
    const rows: (string | number)[][] = [];
    for (const spec of SPECS) for (const count of COUNTS) rows.push(await rowOf(spec, agent, actors.slice(0, count)));
    await agent.leave();
    print(
      `Faults on 1, 10 and 50 containers, ${ROUNDS} rounds each (ms); by hand: docker ${(await run('docker', ['version', '-f', '{{.Client.Version}}'])).stdout.trim()}\n`,
    );
    print(
      table(['fault', 'targets', 'inject p50', 'p95', 'spread p50', 'max', 'undo p50', 'p95', 'proven', 'by hand: inject', 'undo'], rows),
    );
  } finally {
    await stage.remove();
  }
}

/** They say something on the network every second, so that a network fault has something to strike. */
const RESTLESS = 'trap exit TERM; while :; do (echo > /dev/tcp/192.0.2.1/9) 2>/dev/null & sleep 1; kill $! 2>/dev/null; done';

async function startAll(stage: Stage, count: number): Promise<readonly Actor[]> {
  const actors: Actor[] = [];
  for (let index = 0; index < count; index += 1) {
    actors.push(await stage.start(`bench-${index}`, { Entrypoint: ['bash', '-c', RESTLESS], HostConfig: { Init: true } }));
  }
  return actors;
}

function nameOf({ fault }: Spec, count: number): string {
  return `${fault}-${count}`;
}

function operationsOf({ fault, settings }: Spec, actors: readonly Actor[]) {
  const kind = faults.find((each) => each.name === fault);
  if (!kind) throw new Error(`there is no fault '${fault}'`);
  const context: FaultContext = { targets: actors.map(targetOf), select: () => [], seed: 1 };
  return kind.plan(settings, context).operations;
}

async function rowOf(spec: Spec, agent: AgentClient, actors: readonly Actor[]): Promise<(string | number)[]> {
  const rounds: Round[] = [];
  for (let index = 0; index < ROUNDS; index += 1) rounds.push(await roundOf(nameOf(spec, actors.length), agent));
  const of = (pick: (each: Round) => number, share: number) => round(quantile(rounds.map(pick), share));
  const byHand = spec.byHand && (await handOf(spec.byHand, actors));
  return [
    spec.fault,
    actors.length,
    of((each) => each.injectMs, 0.5),
    of((each) => each.injectMs, 0.95),
    of((each) => each.spreadMs, 0.5),
    of((each) => each.spreadMs, 1),
    of((each) => each.undoMs, 0.5),
    of((each) => each.undoMs, 0.95),
    `${rounds.filter((each) => each.proven).length} of ${rounds.length}`,
    byHand ? Math.round(byHand.injectMs) : '–',
    byHand ? Math.round(byHand.undoMs) : '–',
  ];
}

async function roundOf(fault: string, agent: AgentClient): Promise<Round> {
  sound(await agent.arm(fault));
  const injectAskedNs = process.hrtime.bigint();
  const injected = times(agent, sound(await agent.inject(fault)), injectAskedNs);
  const proof = await agent.prove(fault, PROVE_MS);
  const undoAskedNs = process.hrtime.bigint();
  const undone = times(agent, sound(await agent.undo(fault)), undoAskedNs);
  sound(await agent.readBack(fault));
  return {
    injectMs: Math.max(...injected),
    spreadMs: Math.max(...injected) - Math.min(...injected),
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

/** Medians of doing it and undoing it by hand. */
async function handOf({ inject, undo }: ByHand, actors: readonly Actor[]): Promise<{ readonly injectMs: number; readonly undoMs: number }> {
  const ids = actors.map((actor) => actor.ref.id);
  const taken = { injectMs: [] as number[], undoMs: [] as number[] };
  for (let index = 0; index < (CLI_ROUNDS[actors.length] ?? 1); index += 1) {
    taken.injectMs.push(await timed(inject(ids)));
    taken.undoMs.push(await timed(undo(ids)));
  }
  return { injectMs: quantile(taken.injectMs, 0.5), undoMs: quantile(taken.undoMs, 0.5) };
}

async function timed(commands: readonly (readonly string[])[]): Promise<number> {
  const startedMs = performance.now();
  for (const command of commands) await run('docker', command);
  return performance.now() - startedMs;
}
