/** The packet impairer (image/impair.c) as a program that waits in a target's network namespace. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Effect, impairerArguments } from './impairment.ts';
import { ARRIVED_MARK, hex, type PacketMarks } from './packet-marks.ts';
import { inNetworkOf, startProgram, WORD_MS_MAX } from './programs.ts';

/** Queue numbers of ours; 65,536 queues exist in a namespace, and others tend to use the first few. */
const QUEUES_FROM = 10_000;
const QUEUES = 50_000;
/** Longest wait for it to let go what it holds. */
const RELEASE_TIMEOUT_MS = 2_000;

const statsShape = z.object({
  seen: z.number(),
  held: z.number(),
  heldBytes: z.number(),
  peakBytes: z.number(),
  released: z.number(),
  overflowed: z.number(),
  unsent: z.number(),
  dropped: z.number(),
  garbled: z.number(),
  doubled: z.number(),
  late: z.number(),
  meanHoldMs: z.number(),
  minHoldMs: z.number(),
  maxHoldMs: z.number(),
});

/** Packets and bytes since it began; hold times are of packets that were held and released. */
export type ImpairerStats = Readonly<z.output<typeof statsShape>>;

export interface Impairer {
  readonly queue: number;
  alive(): boolean;
  stats(): Promise<ImpairerStats>;
  /** Lets everything go at once, in order, and from then on changes nothing. */
  release(): Promise<ImpairerStats>;
  end(): void;
}

export interface ImpairerOptions {
  readonly pid: number;
  readonly effect: Effect;
  readonly marks: Pick<PacketMarks, 'done' | 'fresh'>;
  readonly tag: string;
}

/** Starts it, and waits until it listens on a queue that nobody else has. */
export async function startImpairer({ pid, effect, marks, tag }: ImpairerOptions): Promise<Impairer> {
  const seed = Number.parseInt(tag.slice(-8), 16);
  const queue = freeQueue(
    readQueues(pid).map(({ number }) => number),
    seed,
  );
  const own = [`queue=${queue}`, `seed=${seed}`, `mark=${hex(marks.done | marks.fresh)}`, `arrived-mark=${hex(ARRIVED_MARK)}`];
  const program = startProgram(inNetworkOf(pid, ['impair', ...own, ...impairerArguments(effect)]));
  await program.line(WORD_MS_MAX);
  const ask = async (order: string) => {
    program.write(`${order}\n`);
    return statsShape.parse(JSON.parse(await program.line(WORD_MS_MAX)));
  };
  return {
    queue,
    alive: program.alive,
    stats: () => ask('stats'),
    release() {
      // One that does not let go is killed: the kernel then drops what it held, and the rule lets the rest pass.
      const timeout = setTimeout(program.kill, RELEASE_TIMEOUT_MS);
      return ask('off').finally(() => clearTimeout(timeout));
    },
    end: () => void program.finish(''),
  };
}

/** The first number, from a seeded start, that is not in use. */
export function freeQueue(used: readonly number[], seed: number): number {
  let offset = seed % QUEUES;
  while (used.includes(QUEUES_FROM + offset)) offset = (offset + 1) % QUEUES;
  return QUEUES_FROM + offset;
}

/** A queue that somebody listens on, as the kernel tells of it. */
export interface PacketQueue {
  readonly number: number;
  /** Packets that were put in it since it began to be listened on. What the kernel cuts into segments for it counts as these. */
  readonly queued: number;
}

/** The queues that somebody listens on in a process's network namespace; none where the kernel does not tell. */
export function readQueues(pid: number): readonly PacketQueue[] {
  try {
    return parseQueues(readFileSync(`/proc/${pid}/net/netfilter/nfnetlink_queue`, 'utf8'));
  } catch {
    return [];
  }
}

/** /proc/net/netfilter/nfnetlink_queue: the number of the queue is its first column, that of the last packet (`id_sequence`) the eighth. */
export function parseQueues(text: string): readonly PacketQueue[] {
  return text.split('\n').flatMap((line) => {
    const columns = line.trim().split(/\s+/).map(Number);
    return line.trim() === '' ? [] : [{ number: columns[0] ?? 0, queued: columns[7] ?? 0 }];
  });
}
