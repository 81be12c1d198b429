/**
 * The parts of a fault's work: each is one operation on one container, with its moves, limited in time. Parts of containers that were followed come after those
 * of the orders, and are undone before them.
 */
import { createHash } from 'node:crypto';
import type { Engine, FoundContainer } from './engine.ts';
import { assertFit } from './fitness.ts';
import { type Follow, repeatedBy } from './following.ts';
import type { AgentMemory } from './memory.ts';
import type { FiveMoves, Ground, Outcome } from './operations/five-moves.ts';
import { kindOf, type Operation } from './operations/index.ts';
import type { ContainerRef } from './operations/operation.ts';
import type { PacketFilter } from './packet-filter.ts';
import { CHAIN_PREFIX } from './packet-rules.ts';
import type { Move, OperationResult } from './protocol.ts';
import type { BringBack } from './reconnection.ts';
import { inOrder } from './stray-moves.ts';

export interface Part {
  /** Which following of its fault made it, counted from 1; 0 for what the orders say. */
  readonly generation?: number;
  /** Which of the fault's operations it does. */
  readonly index?: number;
  readonly container: ContainerRef;
  readonly moves: FiveMoves;
  readonly key: string;
}

export interface Surroundings {
  readonly engine: Engine;
  readonly memory: AgentMemory;
  /** Copies the memory to where it outlives this container. */
  keepMemory?(): Promise<void>;
  findFilter(): Promise<PacketFilter>;
  readonly bringBack: BringBack;
}

/** What it is remembered by. */
export function keyOf({ key }: Part): string {
  return key;
}

/** What was done later may stand on what was done before, and goes first. The results are in the order of the parts. */
export async function undoNewestFirst(parts: readonly Part[], timeoutMs: number): Promise<readonly OperationResult[]> {
  const results = new Map<Part, OperationResult>();
  const generations = [...new Set(parts.map(({ generation = 0 }) => generation))].sort((one, other) => other - one);
  for (const each of generations) {
    const signal = AbortSignal.timeout(timeoutMs);
    const undo = async (part: Part) => results.set(part, await resultOf(part, 'undo', signal));
    await Promise.all(parts.filter(({ generation = 0 }) => generation === each).map(undo));
  }
  return parts.flatMap((part) => results.get(part) ?? []);
}

/** Makes the parts of a fault: of its orders, and of what was followed since; always the same ones for the same followings. */
export function partMaker(operations: readonly Operation[], fault: string, surroundings: Surroundings) {
  /** By name: the container that took it. */
  const taken = new Map<string, ContainerRef>();
  const make = (operation: Operation, place: string) => {
    const takeAlone = (name: string) => {
      const other = taken.get(name);
      if (other && other.id !== operation.container.id) {
        throw new Error(`it shares ${name} with ${other.name}, which this fault touches too: name only one of them`);
      }
      taken.set(name, operation.container);
    };
    return partOf(operation, `${fault}/${place}`, takeAlone, surroundings);
  };
  return (follows: readonly Follow[]): readonly Part[] => [
    ...operations.map((operation, index) => ({ ...make(operation, String(index)), index })),
    ...follows.flatMap((_, before) => {
      const generation = before + 1;
      const repeated = repeatedBy(operations, follows.slice(0, generation));
      return repeated.map(({ index, operation }) => ({ ...make(operation, `${index}@${generation}`), generation, index }));
    }),
  ];
}

function partOf(operation: Operation, key: string, takeAlone: Ground['takeAlone'], surroundings: Surroundings): Part {
  const { engine, memory, findFilter, bringBack } = surroundings;
  const tag = `${CHAIN_PREFIX}${createHash('sha256').update(key).digest('hex').slice(0, 8)}`;
  const ground: Ground = {
    engine,
    filter: findFilter,
    bringBack,
    takeAlone,
    tag,
    mayHaveTouched: () => memory.blind || memory.recall(key).touched === true,
    remember: (found: string) => memory.remember([key], { found }),
    found: () => memory.recall(key).found,
    memoryIsLost: () => memory.blind,
    rememberComing: (keepsake = '') => memory.remember([key], { coming: keepsake }),
    comingKeepsake: (): string | undefined => (memory.blind ? tag : memory.recall(key).coming || undefined),
  };
  const kind = kindOf(operation);
  const moves = inOrder(kind.moves(operation, ground));
  if (kind.anyState) return { container: operation.container, key, moves };
  return { container: operation.container, key, moves: armedWhereFit(moves, () => engine.inspect(operation.container.id)) };
}

/** The same moves; an unfit container is refused before its arming begins. */
function armedWhereFit(moves: FiveMoves, inspect: () => Promise<FoundContainer | undefined>): FiveMoves {
  return {
    ...moves,
    async arm(signal) {
      assertFit(await inspect(), Date.now());
      return moves.arm(signal);
    },
  };
}

const CALLS = { arm: 'arm', inject: 'inject', prove: 'prove', undo: 'undo', 'read-back': 'readBack' } as const;

/** One move of a part; a failure is a result too. */
export async function resultOf(part: Part, move: Move, signal: AbortSignal): Promise<OperationResult> {
  const startedNs = process.hrtime.bigint();
  const result = (ok: boolean, outcome: Outcome): OperationResult => {
    const endedNs = process.hrtime.bigint();
    return {
      container: part.container.name,
      ok,
      atNs: String(outcome.atNs ?? endedNs),
      tookMs: Math.round(Number(endedNs - startedNs) / 1e4) / 100,
      ...(outcome.mechanism === undefined ? {} : { mechanism: outcome.mechanism }),
      ...(outcome.evidence === undefined ? {} : { evidence: outcome.evidence }),
      ...(outcome.facts === undefined ? {} : { facts: outcome.facts }),
    };
  };
  try {
    return result(true, await withLimit(part.moves[CALLS[move]](signal), signal));
  } catch (error) {
    return { ...result(false, {}), error: error instanceof Error ? error.message : String(error) };
  }
}

/** Rounds off a move that does not heed its signal, so that one that hangs never keeps the undo waiting. */
const GRACE_AFTER_LIMIT_MS = 500;

function withLimit(moving: Promise<Outcome>, signal: AbortSignal): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    let timeout: NodeJS.Timeout | undefined;
    const late = () => {
      timeout = setTimeout(() => reject(new Error(`${reasonOf(signal)}, and was given up`)), GRACE_AFTER_LIMIT_MS);
    };
    signal.addEventListener('abort', late, { once: true });
    moving.then(resolve, reject).finally(() => {
      clearTimeout(timeout);
      signal.removeEventListener('abort', late);
    });
  });
}

function reasonOf({ reason }: AbortSignal): string {
  return reason instanceof Error && reason.name === 'TimeoutError' ? 'it took too long' : 'it was cut short by its undo';
}
