/**
 * Hands of two kinds behind one interface: faults that only the runner can undo are carried out here, all others by the
 * agent. The agent is never told of ours, so that it never says of one that it was undone.
 */
import type { AgentMemory, Remembered } from '../agent/memory.ts';
import type { Operation } from '../agent/operations/index.ts';
import type { ScriptOperation } from '../agent/operations/script.ts';
import type { Part } from '../agent/parts.ts';
import type { Move, OperationResult } from '../agent/protocol.ts';
import { type Work, workWith } from '../agent/work.ts';
import type { Plan, PlannedFault } from '../journal/events.ts';
import type { ConductOptions } from './conduct.ts';
import type { Hands } from './hands.ts';
import { LOOK_FOR_MS, type RunScript, scriptMoves } from './script-moves.ts';

/** Beside what the scripts take by themselves: starting Node, and noticing their end. */
const MARGIN_MS = 5_000;

/** Those that the runner carries out. */
export function isRunners({ undoneBy }: Pick<PlannedFault, 'undoneBy'>): boolean {
  return undoneBy === 'runner';
}

/** The work of the runner's own faults. `begun` says of a fault whether its run was asked for by somebody before us. */
export function runnerWork(faults: readonly PlannedFault[], begun: (fault: string) => boolean, run?: RunScript): Work {
  const memory = memoryInMind();
  const parts = faults.map(({ name, operations: { operations } }) => {
    const each = operations.filter(isScript).map((operation, index): Part => {
      const key = `${name}/${index}`;
      return {
        container: operation.container,
        key,
        moves: scriptMoves(operation, () => begun(name) || memory.recall(key).touched === true, run),
      };
    });
    return [name, each] as const;
  });
  return workWith(new Map(parts), memory);
}

/** How long a move of a fault may take. */
export function moveTimeoutMs({ operations: { operations } }: PlannedFault, move: Move): number {
  const longest = (pick: (operation: ScriptOperation) => number) => Math.max(0, ...operations.filter(isScript).map(pick)) + MARGIN_MS;
  if (move === 'inject') return longest(({ run }) => run.timeoutMs);
  if (move === 'undo') return longest(({ undo }) => undo.timeoutMs);
  return longest(({ prove }) => prove?.timeoutMs ?? 0) + LOOK_FOR_MS;
}

type Agents = Pick<ConductOptions, 'startHands' | 'undoWithoutHands'>;

/** The agent's hands with the runner's beside them. */
export function withRunnerHands(agents: Agents, plan: Pick<Plan, 'faults'>, run?: RunScript): Agents {
  const own = plan.faults.filter(isRunners);
  if (own.length === 0) return agents;
  const work = runnerWork(own, () => false, run);
  const moved = async (fault: PlannedFault, move: Move) => work.move(fault.name, move, moveTimeoutMs(fault, move));
  return {
    async startHands() {
      const agent = await agents.startHands();
      const either = (move: Move, byAgent: (fault: string) => Promise<readonly OperationResult[]>) => async (name: string) => {
        const fault = own.find((each) => each.name === name);
        return fault ? (await moved(fault, move)).map((result) => onAgentClock(result, agent)) : byAgent(name);
      };
      return {
        ...agent,
        arm: either('arm', (fault) => agent.arm(fault)),
        inject: either('inject', (fault) => agent.inject(fault)),
        prove: either('prove', (fault) => agent.prove(fault)),
        undo: either('undo', (fault) => agent.undo(fault)),
        readBack: either('read-back', (fault) => agent.readBack(fault)),
        // A script is about more than one start of a container, and is never followed.
        follow: (follow) => agent.follow(follow),
      };
    },
    async undoWithoutHands() {
      const failures: string[] = [];
      for (const fault of own.toReversed()) {
        const results = [...(await moved(fault, 'undo')), ...(await moved(fault, 'read-back'))];
        failures.push(...results.flatMap(({ container, error }) => (error === undefined ? [] : [`${fault.name}: ${container}: ${error}`])));
      }
      const rest = await agents.undoWithoutHands();
      if (failures.length === 0) return rest;
      return { ...rest, clean: false, detail: [rest.detail, ...failures].join('; ') };
    },
  };
}

/** The conductor takes every instant for one of the agent's clock, and puts it on the runner's. */
function onAgentClock(result: OperationResult, agent: Pick<Hands, 'toRunnerNs'>): OperationResult {
  const atNs = BigInt(result.atNs);
  return { ...result, atNs: String(atNs + (atNs - agent.toRunnerNs(result.atNs))) };
}

function isScript(operation: Operation): operation is ScriptOperation {
  return operation.op === 'script';
}

/** What the agent keeps on disk against its own death, the runner has in its journal. */
function memoryInMind(): AgentMemory {
  const operations = new Map<string, Remembered>();
  return {
    wasAtWork: false,
    blind: false,
    followed: () => [],
    follow() {},
    recall: (key) => operations.get(key) ?? {},
    copy: () => '',
    remember(keys, what) {
      for (const key of keys) operations.set(key, { ...operations.get(key), ...what });
    },
  };
}
