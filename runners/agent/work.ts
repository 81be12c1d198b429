/**
 * The agent's work: every fault of its orders with the moves of its operations. A move goes to all operations of a
 * fault at once; an operation that fails never keeps the others from their move. Undoing a fault ends its proving first.
 */
import { createHash } from 'node:crypto';
import type { Engine, FoundContainer } from './engine.ts';
import { assertFit } from './fitness.ts';
import type { AgentMemory } from './memory.ts';
import type { FiveMoves, Ground, Outcome } from './operations/five-moves.ts';
import type { Operation } from './operations/index.ts';
import { kindOf } from './operations/index.ts';
import type { ContainerRef } from './operations/operation.ts';
import type { Orders } from './orders.ts';
import type { PacketFilter } from './packet-filter.ts';
import { CHAIN_PREFIX } from './packet-rules.ts';
import type { Move, OperationResult } from './protocol.ts';

export interface Part {
  readonly container: ContainerRef;
  readonly moves: FiveMoves;
  readonly key: string;
}

export interface Surroundings {
  readonly engine: Engine;
  readonly memory: AgentMemory;
  findFilter(): Promise<PacketFilter>;
}

export interface Work {
  /** The names of the faults, in the order of the plan. */
  readonly faults: readonly string[];
  /** Throws for a fault that is not in the orders. */
  move(fault: string, move: Move, timeoutMs: number): Promise<readonly OperationResult[]>;
}

/** Makes the work of the orders. Touches nothing. */
export function workOf(orders: Orders, surroundings: Surroundings): Work {
  const parts = new Map(
    orders.faults.map(({ fault, operations }) => [fault, partsOf(operations, `${orders.runId}/${fault}`, surroundings)]),
  );
  return workWith(parts, surroundings.memory);
}

/** The work of operations that were made already. */
export function workWith(parts: ReadonlyMap<string, readonly Part[]>, memory: AgentMemory): Work {
  /** By fault: ends what is being proven, and the move under way. */
  const proving = new Map<string, AbortController>();
  const underWay = new Map<string, Promise<unknown>>();

  async function run(fault: string, each: readonly Part[], move: Move, timeoutMs: number): Promise<readonly OperationResult[]> {
    const limits = [AbortSignal.timeout(timeoutMs)];
    if (move === 'prove') {
      const ending = new AbortController();
      proving.set(fault, ending);
      limits.push(ending.signal);
    }
    if (move === 'inject') {
      memory.remember(
        each.map((part) => part.key),
        { touched: true },
      );
    }
    const signal = AbortSignal.any(limits);
    return Promise.all(each.map((part) => resultOf(part, move, signal)));
  }

  return {
    faults: [...parts.keys()],
    async move(fault, move, timeoutMs) {
      const each = parts.get(fault);
      if (!each) throw new Error(`no fault '${fault}' in the orders`);
      // One move of a fault at a time, in the order asked for; an undo does not wait for a proof.
      if (move === 'undo') proving.get(fault)?.abort();
      const before = underWay.get(fault);
      const running = (before ?? Promise.resolve()).then(() => run(fault, each, move, timeoutMs));
      underWay.set(
        fault,
        running.catch(() => undefined),
      );
      return running;
    },
  };
}

function partsOf(operations: readonly Operation[], fault: string, surroundings: Surroundings): readonly Part[] {
  /** By name: the container that took it. */
  const taken = new Map<string, ContainerRef>();
  return operations.map((operation, index) => {
    const takeAlone = (name: string) => {
      const other = taken.get(name);
      if (other && other.id !== operation.container.id) {
        throw new Error(`it shares ${name} with ${other.name}, which this fault touches too: name only one of them`);
      }
      taken.set(name, operation.container);
    };
    return partOf(operation, `${fault}/${index}`, takeAlone, surroundings);
  });
}

function partOf(operation: Operation, key: string, takeAlone: Ground['takeAlone'], { engine, memory, findFilter }: Surroundings): Part {
  const ground: Ground = {
    engine,
    filter: findFilter,
    takeAlone,
    tag: `${CHAIN_PREFIX}${createHash('sha256').update(key).digest('hex').slice(0, 8)}`,
    mayHaveTouched: () => memory.blind || memory.recall(key).touched === true,
    remember: (found: string) => memory.remember([key], { found }),
    found: () => memory.recall(key).found,
    memoryIsLost: () => memory.blind,
  };
  const kind = kindOf(operation);
  const moves = kind.moves(operation, ground);
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

async function resultOf(part: Part, move: Move, signal: AbortSignal): Promise<OperationResult> {
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
      timeout = setTimeout(() => reject(new Error('it took too long, and was given up')), GRACE_AFTER_LIMIT_MS);
    };
    signal.addEventListener('abort', late, { once: true });
    moving.then(resolve, reject).finally(() => {
      clearTimeout(timeout);
      signal.removeEventListener('abort', late);
    });
  });
}
