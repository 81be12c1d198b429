/** Who dies, or freezes, or is cut off: one blow a victim. Each says what it did, and what still has to be mended afterwards. */
import type { ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findAgents } from '../../runners/agent/remains.ts';
import { LEASE_MS, type Round, type Victim } from './draw-round.ts';
import type { EngineLine } from './engine-line.ts';
import type { OwnEngine } from './own-engine.ts';
import type { TorturedSystem } from './systems/system.ts';

export interface World {
  readonly engine: OwnEngine;
  readonly system: TorturedSystem;
  readonly runner: ChildProcess;
  readonly line: EngineLine;
  /** The runner's folder. */
  readonly folder: string;
}

export interface Blow {
  /** On the wall clock, just before it fell. */
  readonly atMs: number;
  readonly what: string;
  /** What is done once everything has been undone. */
  mend?(): void;
}

/** Beyond the lease a frozen runner stays frozen for so long. */
const FROZEN_BEYOND_MS = 1500;
const BETWEEN_INTERRUPTS_MS = 150;

export async function strike(round: Round, world: World): Promise<Blow> {
  return BLOWS[round.victim](world, round);
}

const BLOWS: Readonly<Record<Victim, (world: World, round: Round) => Promise<Blow>>> = {
  runner: async ({ runner }) => blow('kill -9 of the runner', () => runner.kill('SIGKILL')),
  agent: async ({ engine }) => {
    const agent = await agentOf(engine);
    return blow(agent ? `kill -9 of the agent ${agent.pid}` : 'no agent yet', () => agent && end(agent.pid));
  },
  'agent-removed': async ({ engine }) => {
    const agent = await agentOf(engine);
    const atMs = Date.now();
    await agent?.remove();
    return { atMs, what: agent ? 'the agent removed' : 'no agent yet' };
  },
  'runner-and-agent': async ({ engine, runner }) => {
    const agent = await agentOf(engine);
    const struck = blow('kill -9 of the runner, and the agent removed', () => runner.kill('SIGKILL'));
    await agent?.remove();
    return struck;
  },
  helper: async ({ engine }, { choice }) => {
    const agent = await agentOf(engine);
    const helpers = agent ? descendantsOf(agent.pid) : [];
    const helper = helpers[Math.floor(choice * helpers.length)];
    return blow(helper ? `kill -9 of a helper: ${helper.command}` : 'no helper there', () => helper && end(helper.pid));
  },
  target: async ({ system }, { choice }) => {
    const name = system.targets[Math.floor(choice * system.targets.length)] ?? '';
    // One that was removed a moment ago has been spared the blow.
    const pid = await system.pidOf(name).catch(() => 0);
    return blow(pid > 0 ? `kill -9 of ${name}, process ${pid}` : `${name} did not run`, () => pid > 0 && end(pid));
  },
  engine: async ({ engine }, { choice }) => {
    const signal = choice < 0.5 ? 'SIGTERM' : 'SIGKILL';
    const atMs = Date.now();
    await engine.restart(signal);
    return { atMs, what: `the engine ended by ${signal} and started again` };
  },
  'frozen-runner': async ({ runner }) => {
    const struck = blow('the runner frozen', () => runner.kill('SIGSTOP'));
    await sleep(LEASE_MS + FROZEN_BEYOND_MS);
    runner.kill('SIGCONT');
    return struck;
  },
  'cut-off': async ({ line }) => ({ ...blow('the line to the engine cut', () => line.cut()), mend: () => line.mend() }),
  'silent-line': async ({ line }) => ({ ...blow('the line to the engine silent', () => line.silence()), mend: () => line.mend() }),
  'full-disk': async ({ folder }) => {
    const atMs = Date.now();
    await writeFile(join(folder, 'ballast'), Buffer.alloc(2 ** 27)).catch(() => {});
    return { atMs, what: 'the disk of the journal full' };
  },
  'three-interrupts': async ({ runner }) => {
    const struck = blow('Ctrl-C three times', () => runner.kill('SIGINT'));
    for (let count = 0; count < 2; count += 1) {
      await sleep(BETWEEN_INTERRUPTS_MS);
      runner.kill('SIGINT');
    }
    return struck;
  },
  nobody: async () => blow('nobody', () => undefined),
};

function blow(what: string, act: () => unknown): Blow {
  const atMs = Date.now();
  act();
  return { atMs, what };
}

/** A process that ended by itself a moment ago has been spared the blow. */
function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {}
}

async function agentOf({ docker }: OwnEngine): Promise<{ readonly pid: number; remove(): Promise<unknown> } | undefined> {
  const running = (await findAgents(docker)).find((each) => each.state === 'running');
  if (!running) return undefined;
  const container = docker.getContainer(running.id);
  const { Pid } = (await container.inspect()).State;
  return { pid: Pid, remove: () => container.remove({ force: true }).catch(() => {}) };
}

/** What a process started, and what that started, oldest first. */
function descendantsOf(pid: number): readonly { readonly pid: number; readonly command: string }[] {
  const parents = new Map(
    readdirSync('/proc')
      .filter((each) => /^\d+$/.test(each))
      .map((each) => [Number(each), Number(/\) \S (\d+)/.exec(textOf(`/proc/${each}/stat`))?.[1] ?? 0)]),
  );
  const below = (of: number): number[] => [...parents].filter(([, parent]) => parent === of).flatMap(([child]) => [child, ...below(child)]);
  return below(pid).map((each) => ({ pid: each, command: textOf(`/proc/${each}/cmdline`).replaceAll('\0', ' ').trim() }));
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
