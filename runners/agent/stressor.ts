/**
 * The stressor (image/stressor/) as a program that takes a resource from inside a target's control groups. It ends with the
 * agent, and what it holds goes with it; so there is nothing to undo but to end it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { z } from 'zod';
import { type Controller, procsFiles, type Residence } from './cgroup.ts';
import { startProgram, type Waiting } from './programs.ts';

/** What a proof comes to when there is nobody left to stress. */
export const HAS_DIED = 'the stressor has died, and with it the stress';
/** Longest wait for the answer to an order, where the caller gives no other. */
const ANSWER_TIMEOUT_MS = 5_000;

export interface Stressor {
  /** The process that it watches. */
  readonly pid: number;
  alive(): boolean;
  /** Joins the control groups, and begins. */
  go(timeoutMs?: number): Promise<void>;
  /** Its answer to an order. One at a time. */
  ask<Shape extends z.ZodType>(order: string, shape: Shape, timeoutMs?: number): Promise<z.output<Shape>>;
  /** Ends it; resolves when it is gone with all that it held. */
  end(): Promise<void>;
}

export interface StressorOptions {
  readonly tag: string;
  readonly residence: Residence;
  /** The groups it will be in. */
  readonly controllers: readonly Controller[];
  /** Its kind and the arguments of it. */
  readonly command: readonly string[];
}

/** Starts it, and waits until it is ready to go. Rejects with what it said when it could not. */
export async function startStressor({ tag, residence, controllers, command }: StressorOptions): Promise<Stressor> {
  const groups = procsFiles(residence.groups, controllers);
  const program = startProgram(['stressor', tag, String(process.pid), String(residence.pid), ...command, '--', ...groups]);
  await saying(program, 'ready');
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const turn = last.then(act);
    last = turn.catch(() => undefined);
    return turn;
  };
  return {
    pid: residence.pid,
    alive: program.alive,
    go: (timeoutMs) =>
      inTurn(() => {
        program.write('go\n');
        return saying(program, 'going', timeoutMs);
      }),
    ask: (order, shape, timeoutMs = ANSWER_TIMEOUT_MS) =>
      inTurn(async () => {
        program.write(`${order}\n`);
        return shape.parse(JSON.parse(await lineWithin(program, timeoutMs)));
      }),
    async end() {
      program.kill();
      await program.ended;
    },
  };
}

/** Processes of the host that are stressors of this name, by their command lines. */
export function stressorsOf(tag: string): readonly number[] {
  return readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      if (readFileSync(`/proc/${entry}/comm`, 'utf8') !== 'stressor\n') return [];
      return readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0').includes(tag) ? [Number(entry)] : [];
    } catch {
      return [];
    }
  });
}

/** For reading back: throws where one of this name is alive. */
export function noStressorOf(tag: string): string {
  const alive = stressorsOf(tag);
  if (alive.length > 0) throw new Error(`a stressor of ours is still alive: process ${alive.join(', ')}`);
  return 'no stressor of ours is alive';
}

async function saying(program: Waiting, word: string, timeoutMs = ANSWER_TIMEOUT_MS): Promise<void> {
  const said = await lineWithin(program, timeoutMs);
  if (said !== word) throw new Error(`the stressor said '${said}' instead of '${word}'`);
}

/** The next line. Rejects with the program's last words where it has ended. */
async function lineWithin(program: Waiting, timeoutMs: number): Promise<string> {
  try {
    return await program.line(timeoutMs);
  } catch {
    const { stderr } = await program.ended;
    throw new Error(stderr.trim() || HAS_DIED);
  }
}
