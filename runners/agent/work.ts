/**
 * The agent's work: every fault of its orders with the moves of its operations. A move goes to all operations of a
 * fault at once; an operation that fails never keeps the others from their move. Undoing a fault ends its arming and proving first, and nothing of
 * it is done any more, unless it is armed anew.
 */
import type { Follow } from './following.ts';
import type { AgentMemory } from './memory.ts';
import type { Orders } from './orders.ts';
import { keyOf, type Part, partMaker, resultOf, type Surroundings, undoNewestFirst } from './parts.ts';
import type { Move, OperationResult } from './protocol.ts';

export interface Work {
  /** The names of the faults, in the order of the plan. */
  readonly faults: readonly string[];
  /** Throws for a fault that is not in the orders. */
  move(fault: string, move: Move, timeoutMs: number): Promise<readonly OperationResult[]>;
  /** Arms, injects and proves a fault on a container that takes the place of another. Throws where nothing of it is followed, or its undo has begun. */
  follow(follow: Follow, timeoutMs: number): Promise<readonly OperationResult[]>;
}

/** Makes the work of the orders. Touches nothing. */
export function workOf(orders: Orders, surroundings: Surroundings): Work {
  const { memory } = surroundings;
  const known = memory.followed().length > 0 ? memory.followed() : (orders.followed ?? []);
  const makers = new Map(
    orders.faults.map(({ fault, operations }) => [fault, partMaker(operations, `${orders.runId}/${fault}`, surroundings)]),
  );
  const parts = new Map([...makers].map(([fault, make]) => [fault, make(known.filter((each) => each.fault === fault))]));
  return workWith(parts, memory, {
    keepMemory: async () => surroundings.keepMemory?.(),
    partsAfter: (follow, before) => makers.get(follow.fault)?.([...before, follow]) ?? [],
  });
}

export interface WorkOptions {
  /** The parts of a fault after it followed once more. */
  partsAfter?(follow: Follow, before: readonly Follow[]): readonly Part[];
  /** After each arming, and before and after that of a following: so that it is known elsewhere before the act. */
  keepMemory?(): Promise<void>;
}

/** The work of operations that were made already. */
export function workWith(
  first: ReadonlyMap<string, readonly Part[]>,
  memory: AgentMemory,
  { partsAfter = () => [], keepMemory = async () => {} }: WorkOptions = {},
): Work {
  const parts = new Map(first);
  const undoing = new Set<string>();
  /** By fault: ends what is being armed or proven. */
  const ending = new Map<string, AbortController>();
  const inTurn = turns();

  function endedByUndo(fault: string): AbortSignal {
    const controller = new AbortController();
    ending.set(fault, controller);
    return controller.signal;
  }

  async function run(fault: string, each: readonly Part[], move: Move, timeoutMs: number): Promise<readonly OperationResult[]> {
    if (move === 'undo') return undoNewestFirst(each, timeoutMs);
    // Asked for before the undo was, and overtaken by it: whoever stops a run does not wait for what it still had in mind.
    if (move !== 'read-back' && undoing.has(fault)) throw new Error(`the fault '${fault}' is being undone`);
    const limits = [AbortSignal.timeout(timeoutMs)];
    if (move === 'arm' || move === 'prove') limits.push(endedByUndo(fault));
    if (move === 'inject') memory.remember(each.map(keyOf), { touched: true });
    const signal = AbortSignal.any(limits);
    const results = await Promise.all(each.map((part) => resultOf(part, move, signal)));
    if (move === 'arm') await keepMemory();
    return results;
  }

  async function strikeAnew(follow: Follow, timeoutMs: number): Promise<readonly OperationResult[]> {
    const { fault } = follow;
    if (undoing.has(fault)) throw new Error(`the fault '${fault}' is being undone`);
    const before = memory.followed().filter((each) => each.fault === fault);
    const all = partsAfter(follow, before);
    const fresh = all.filter((part) => part.generation === before.length + 1);
    if (fresh.length === 0) throw new Error(`nothing of the fault '${fault}' is followed on ${follow.to.name}`);
    memory.follow(follow);
    await keepMemory();
    parts.set(fault, [...(parts.get(fault) ?? []), ...fresh]);
    const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), endedByUndo(fault)]);
    // Where it is others that have moved, what went by their old addresses is still there.
    const stale = follow.moved ? supersededBy(fresh, parts.get(fault) ?? []) : [];
    const undone = await Promise.all(stale.map((part) => resultOf(part, 'undo', signal)));
    if (undone.some((result) => !result.ok)) return undone;
    let results: readonly OperationResult[] = [];
    for (const move of ['arm', 'inject', 'prove'] as const) {
      if (undoing.has(fault)) throw new Error(`the fault '${fault}' is being undone`);
      const injected = results;
      if (move === 'inject') memory.remember(fresh.map(keyOf), { touched: true });
      results = await Promise.all(fresh.map((part) => resultOf(part, move, signal)));
      if (move === 'arm') await keepMemory();
      if (results.some((result) => !result.ok)) return results;
      // The effect began with the act, not with its proof.
      if (move === 'prove') results = results.map((result, index) => ({ ...result, atNs: injected[index]?.atNs ?? result.atNs }));
    }
    return results;
  }

  return {
    faults: [...parts.keys()],
    async move(fault, move, timeoutMs) {
      if (!parts.has(fault)) throw new Error(`no fault '${fault}' in the orders`);
      // An undo waits neither for a proof nor for what is made ready.
      if (move === 'undo') {
        undoing.add(fault);
        ending.get(fault)?.abort();
      }
      if (move === 'arm') undoing.delete(fault);
      return inTurn(fault, () => run(fault, parts.get(fault) ?? [], move, timeoutMs));
    },
    async follow(follow, timeoutMs) {
      if (!parts.has(follow.fault)) throw new Error(`no fault '${follow.fault}' in the orders`);
      return inTurn(follow.fault, () => strikeAnew(follow, timeoutMs));
    },
  };
}

/** Those that do the same to the same container, and were made before. */
function supersededBy(fresh: readonly Part[], all: readonly Part[]): readonly Part[] {
  return all.filter(
    (part) => !fresh.includes(part) && fresh.some(({ index, container }) => index === part.index && container.id === part.container.id),
  );
}

/** One move of a fault at a time, in the order asked for. */
function turns() {
  const underWay = new Map<string, Promise<unknown>>();
  return <Result>(fault: string, act: () => Promise<Result>): Promise<Result> => {
    const running = (underWay.get(fault) ?? Promise.resolve()).then(act);
    underWay.set(
      fault,
      running.catch(() => undefined),
    );
    return running;
  };
}
