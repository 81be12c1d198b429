/**
 * What the agent remembers across its own death: a small file in its container, rewritten whole before an operation
 * first touches anything. It outlives a `kill -9` of the agent and can be read out of a stopped container; a crash of
 * the host needs no more, because namespaces do not survive one either.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { type Memory, memoryShape, type Remembered } from './shapes.ts';

export interface AgentMemory {
  /** True when the file was there before: the agent was at work and was restarted. */
  readonly wasAtWork: boolean;
  /** True when nothing is known of what was touched: the file cannot be read, or a sweeper was given none. */
  readonly blind: boolean;
  recall(key: string): Remembered;
  /** Merges into what is remembered of these operations, in one write. */
  remember(keys: readonly string[], what: Remembered): void;
}

/** Opens the file, or begins it. `sweeping`: someone else was at work, and their memory is in the file or lost. */
export function openMemory(path: string, sweeping: boolean): AgentMemory {
  const wasAtWork = existsSync(path);
  const memory = wasAtWork ? readMemory(path) : undefined;
  const operations: Record<string, Remembered> = { ...memory?.operations };
  const write = () => {
    const next = `${path}.next`;
    writeFileSync(next, JSON.stringify({ operations } satisfies Memory));
    renameSync(next, path);
  };
  if (!wasAtWork) write();
  return {
    wasAtWork,
    blind: memory === undefined && (wasAtWork || sweeping),
    recall: (key) => operations[key] ?? {},
    remember(keys, what) {
      for (const key of keys) operations[key] = { ...operations[key], ...what };
      write();
    },
  };
}

function readMemory(path: string): Memory | undefined {
  try {
    return memoryShape.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}
