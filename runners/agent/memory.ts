/**
 * What the agent remembers across its own death: a small file in its container, rewritten whole before an operation
 * first touches anything. It outlives a `kill -9` of the agent and can be read out of a stopped container; a crash of
 * the host needs no more, because namespaces do not survive one either.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { type Follow, followShape } from './following.ts';

/** What is remembered of one operation: how it found the container, whether it ever began to touch it, and a keepsake that the engine was asked for. */
const rememberedShape = z.object({
  found: z.string().exactOptional(),
  touched: z.boolean().exactOptional(),
  /** Empty: none is coming. */
  coming: z.string().exactOptional(),
});

/** `/firedrill/memory.json`: present from the agent's first start on, which is how a restarted one knows that it was at work. */
const memoryShape = z.object({
  operations: z.record(z.string(), rememberedShape),
  /** Containers that were followed, in order. */
  followed: z.array(followShape).default([]),
  /** A copy from before the acts: how containers were found is in it, what was touched since is not. */
  early: z.boolean().default(false),
});

export type Remembered = z.output<typeof rememberedShape>;
type Memory = z.output<typeof memoryShape>;

export interface AgentMemory {
  /** True when the file was there before: the agent was at work and was restarted. */
  readonly wasAtWork: boolean;
  /** True when nothing is known of what was touched: the file cannot be read, or a sweeper was given none. */
  readonly blind: boolean;
  /** Containers that were followed, in order. */
  followed(): readonly Follow[];
  /** Writes down that a container is followed, before it is touched. */
  follow(each: Follow): void;
  recall(key: string): Remembered;
  /** Merges into what is remembered of these operations, in one write. */
  remember(keys: readonly string[], what: Remembered): void;
  /** What is known so far, for a place that outlives this container. Read again, everything counts as touched. */
  copy(): string;
}

/** Opens the file, or begins it. `sweeping`: someone else was at work, and their memory is in the file or lost. */
export function openMemory(path: string, sweeping: boolean): AgentMemory {
  const wasAtWork = existsSync(path);
  const memory = wasAtWork ? readMemory(path) : undefined;
  const operations: Record<string, Remembered> = { ...memory?.operations };
  const followed: Follow[] = [...(memory?.followed ?? [])];
  const write = () => {
    const next = `${path}.next`;
    writeFileSync(next, JSON.stringify({ operations, followed, early: memory?.early ?? false } satisfies Memory));
    renameSync(next, path);
  };
  if (!wasAtWork) write();
  return {
    wasAtWork,
    blind: memory?.early === true || (memory === undefined && (wasAtWork || sweeping)),
    followed: () => followed,
    follow(each) {
      followed.push(each);
      write();
    },
    recall: (key) => operations[key] ?? {},
    remember(keys, what) {
      for (const key of keys) operations[key] = { ...operations[key], ...what };
      write();
    },
    copy: () => JSON.stringify({ operations, followed, early: true } satisfies Memory),
  };
}

function readMemory(path: string): Memory | undefined {
  try {
    return memoryShape.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}
