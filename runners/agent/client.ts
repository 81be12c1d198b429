/**
 * The runner's side of the agent: starts it with the run's orders, asks for its moves, keeps its lease, and knows when it is
 * gone. Whatever ends this process ends the agent's input, and with it everything that was done.
 */
import type Docker from 'dockerode';
import { EXIT, FiredrillError } from '../failure.ts';
import { clockOffset } from './clock-offset.ts';
import { attachTo, createAgentContainer } from './container.ts';
import { conversation } from './conversation.ts';
import type { Follow } from './following.ts';
import { kindOf } from './operations/index.ts';
import type { Orders } from './orders.ts';
import type { AgentNotice, Move, OperationResult } from './protocol.ts';

/** The lease is renewed this often within its length, so that two renewals may be late. */
const RENEWALS_A_LEASE = 3;
/** From starting the container to its word that it is ready. */
const READY_TIMEOUT_MS = 20_000;
/** From asking it to leave to its end. */
const LEAVE_TIMEOUT_MS = 20_000;
/** How long the agent may take for each move on all operations of a fault, when the caller does not say. */
const MOVE_TIMEOUTS_MS: Readonly<Record<Move, number>> = { arm: 30_000, inject: 10_000, prove: 10_000, undo: 30_000, 'read-back': 15_000 };
/** Arming may start a program for each container: fifty at once share the processors of one host. */
const ARM_MS_EACH = 500;
/** What the agent may take longer than it was given, before the runner stops waiting for the answer. */
const ANSWER_MARGIN_MS = 5_000;

export interface AgentOptions {
  readonly docker: Docker;
  readonly image: string;
  readonly orders: Orders;
  /** The container's name. */
  readonly name: string;
  /** On the container, besides `firedrill.run` and `firedrill.role`. */
  readonly labels: Readonly<Record<string, string>>;
  /** Told what the agent writes unasked. */
  onNotice(notice: AgentNotice): void;
}

export interface AgentClient {
  readonly containerId: string;
  arm(fault: string, timeoutMs?: number): Promise<readonly OperationResult[]>;
  inject(fault: string, timeoutMs?: number): Promise<readonly OperationResult[]>;
  prove(fault: string, timeoutMs?: number): Promise<readonly OperationResult[]>;
  undo(fault: string, timeoutMs?: number): Promise<readonly OperationResult[]>;
  readBack(fault: string, timeoutMs?: number): Promise<readonly OperationResult[]>;
  /** Does once more what the fault does to a container that was restarted or made anew; the results are those of the injecting and the proof. */
  follow(follow: Follow): Promise<readonly OperationResult[]>;
  /** Puts an instant of the engine's host on the runner's monotonic clock (`process.hrtime.bigint()`). */
  toRunnerNs(atNs: string): bigint;
  /** How wrong that may be: 0 where the engine is on this machine. */
  clockErrorMs(): number;
  /** Everything is undone: the agent ends, and its container is removed. */
  leave(): Promise<void>;
  /** Resolves, with the reason, when the agent is gone before it was told to leave; never rejects. */
  readonly lost: Promise<string>;
}

/** Creates the container, attaches, starts, and waits until it is ready. Throws FiredrillError `agent-failed` (exit 7). */
export async function startAgent(options: AgentOptions): Promise<AgentClient> {
  const { orders } = options;
  const container = await createAgentContainer(options);
  try {
    return await attachClient(options, container);
  } catch (error) {
    await container.remove({ force: true }).catch(() => {});
    throw new FiredrillError(
      'agent-failed',
      `The agent ${options.name} did not start: ${error instanceof Error ? error.message : String(error)}`,
      {
        hint: `See what this host can do with: firedrill doctor (the run was ${orders.runId})`,
        exitCode: EXIT.groundUnfit,
        cause: error,
      },
    );
  }
}

async function attachClient({ docker, orders, onNotice }: AgentOptions, container: Docker.Container): Promise<AgentClient> {
  const talk = conversation(await attachTo(docker, container), onNotice);
  const offset = clockOffset();
  const move =
    (each: Move) =>
    (fault: string, timeoutMs = timeoutOf(each, fault, orders)) =>
      talk.ask({ move: each, fault, timeoutMs }, timeoutMs + ANSWER_MARGIN_MS).then((reply) => reply.results);
  const keep = async () => {
    const askedNs = process.hrtime.bigint();
    const { clockNs } = await talk.ask({ move: 'keep' }, orders.leaseMs);
    offset.observe(askedNs, BigInt(clockNs), process.hrtime.bigint());
  };
  const renewal = setInterval(() => keep().catch(() => {}), orders.leaseMs / RENEWALS_A_LEASE);
  renewal.unref();
  talk.gone.then(() => clearInterval(renewal));
  try {
    await container.start();
    await within(talk.ready, READY_TIMEOUT_MS, 'it did not say that it is ready');
    await keep();
  } catch (error) {
    clearInterval(renewal);
    throw error;
  }
  return {
    containerId: container.id,
    arm: move('arm'),
    inject: move('inject'),
    prove: move('prove'),
    undo: move('undo'),
    readBack: move('read-back'),
    async follow(follow) {
      const { fault } = follow;
      const timeoutMs = timeoutOf('arm', fault, orders) + timeoutOf('inject', fault, orders) + timeoutOf('prove', fault, orders);
      return (await talk.ask({ ...follow, move: 'follow', timeoutMs }, timeoutMs + ANSWER_MARGIN_MS)).results;
    },
    toRunnerNs: (atNs) => BigInt(atNs) - offset.offsetNs(),
    clockErrorMs: () => Number(offset.errorNs()) / 1e6,
    lost: talk.lost,
    async leave() {
      talk.expectEnd();
      await talk.ask({ move: 'leave' }, LEAVE_TIMEOUT_MS);
      await within(talk.gone, LEAVE_TIMEOUT_MS, 'the agent did not end');
      await container.remove({ force: true });
    },
  };
}

/** How long a move on all operations of a fault may take, unless the caller says. */
export function timeoutOf(move: Move, fault: string, orders: Pick<Orders, 'faults'>): number {
  const operations = orders.faults.find((each) => each.fault === fault)?.operations ?? [];
  const moreMs = operations.map((operation) => {
    const kind = kindOf(operation);
    if (move === 'prove') return kind.proofMs(operation);
    if (move === 'arm') return operations.length * ARM_MS_EACH;
    return move === 'undo' ? kind.undoMs(operation) : 0;
  });
  return MOVE_TIMEOUTS_MS[move] + Math.max(0, ...moreMs);
}

async function within<T>(waited: Promise<T>, limitMs: number, what: string): Promise<T> {
  let timeout: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timeout = setTimeout(() => reject(new Error(`${what} within ${limitMs} ms`)), limitMs);
  });
  return Promise.race([waited, late]).finally(() => clearTimeout(timeout));
}
