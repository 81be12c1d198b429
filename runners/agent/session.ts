/**
 * One agent's working life: it says that it is ready, does what the lines of its input ask, and undoes everything by
 * itself when the input ends, the lease runs out, it is told to stop by a signal, or it finds that it was at work before.
 *
 *   ready ──▶ working ── leave ─────────────────────────────────▶ left
 *                └────── input ended, lease expired, signal ──▶ undoing ──▶ left
 *   restarted ─────────────────────────────────────────────────────▲
 */
import { type Lease, type LeaseTimer, startLease } from './lease.ts';
import type { Orders } from './orders.ts';
import type { AgentNotice, AgentReply, AgentRequest, OperationResult } from './protocol.ts';
import { requestShape } from './protocol.ts';
import type { Work } from './work.ts';

/** How long one fault may take to be undone, and to be read back, when nobody is there to say. */
const UNDO_TIMEOUT_MS = 30_000;
const READ_BACK_TIMEOUT_MS = 15_000;
/** Before the next fault's undo begins beside it: one that waits for a container to start must not keep a network dark. */
const HEAD_START_MS = 250;

export type Reason = Extract<AgentNotice, { readonly notice: 'undoing' }>['because'];

export interface SessionOptions {
  readonly orders: Orders;
  readonly work: Work;
  readonly timer: LeaseTimer;
  say(line: AgentReply | AgentNotice): void;
  /** Removes the lock that goes with the run. */
  unlock(): Promise<void>;
  clockNs(): bigint;
  wall(): string;
}

export interface Session {
  /** One line of input; a line that is no request is answered as id -1 and does not renew the lease. */
  hear(line: string): void;
  /** Undoes everything and leaves. Later calls change nothing. */
  undoAll(because: Reason): void;
  /** Resolves when it has left; true when nothing of ours remains. */
  readonly left: Promise<boolean>;
}

/** Begins: `restarted` sessions undo at once, others say that they are ready and wait for requests. */
export function startSession(options: SessionOptions, restarted: boolean): Session {
  const { orders, work, say, clockNs, wall } = options;
  const { promise: left, resolve: leave } = Promise.withResolvers<boolean>();
  let state: 'working' | 'leaving' = 'working';
  let lease: Lease | undefined;

  const undoAll = (because: Reason) => {
    if (state === 'leaving') return;
    state = 'leaving';
    lease?.end();
    say({ notice: 'undoing', because, at: wall() });
    undoFaults(options).then(leaveWith, () => leaveWith(false));
  };

  /** The lock goes only when everything is back: with something left, the next run must not begin. */
  const leaveWith = async (undone: boolean) => {
    const clean =
      undone &&
      (await options.unlock().then(
        () => true,
        () => false,
      ));
    say({ notice: 'left', clean, at: wall() });
    leave(clean);
  };

  const serve = async (request: AgentRequest) => {
    const answer = (results: readonly OperationResult[]) => say({ id: request.id, ok: true, clockNs: String(clockNs()), results });
    if (request.move === 'keep') return answer([]);
    if (request.move === 'leave') {
      if (state === 'leaving') return undefined;
      state = 'leaving';
      lease?.end();
      answer([]);
      // The runner is alive, and keeps the lock until the system is as it was found.
      say({ notice: 'left', clean: true, at: wall() });
      return leave(true);
    }
    if (state === 'leaving') return say({ id: request.id, ok: false, error: 'the agent is undoing everything' });
    if (request.move === 'follow') return answer(await work.follow(request, request.timeoutMs));
    return answer(await work.move(request.fault, request.move, request.timeoutMs));
  };

  if (restarted) undoAll('restarted');
  else {
    lease = startLease(orders.leaseMs, options.timer, () => undoAll('lease-expired'));
    say({ notice: 'ready', clockNs: String(clockNs()), at: wall() });
  }

  return {
    left,
    undoAll,
    hear(line) {
      const request = parseRequest(line);
      if (!request) return say({ id: -1, ok: false, error: `not a request: ${line.slice(0, 200)}` });
      lease?.renew();
      serve(request).catch((error: unknown) =>
        say({ id: request.id, ok: false, error: error instanceof Error ? error.message : String(error) }),
      );
    },
  };
}

function parseRequest(line: string): AgentRequest | undefined {
  try {
    return requestShape.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/**
 * In reverse, all of it, whatever fails on the way, and only then read back, so that looking never keeps anything
 * broken; true when everything was undone and read back. A slow undo goes on beside those that come after it.
 */
async function undoFaults({ work, say, wall, timer }: SessionOptions): Promise<boolean> {
  const undoing: { readonly fault: string; readonly ended: Promise<readonly OperationResult[]> }[] = [];
  for (const fault of work.faults.toReversed()) {
    const ended = work.move(fault, 'undo', UNDO_TIMEOUT_MS);
    undoing.push({ fault, ended });
    await atMost(HEAD_START_MS, ended, timer);
  }
  const undone = await Promise.all(undoing.map(async ({ fault, ended }) => ({ fault, results: await ended })));
  let clean = true;
  for (const { fault, results } of undone) {
    const readBack = await work.move(fault, 'read-back', READ_BACK_TIMEOUT_MS);
    clean &&= readBack.every((result) => result.ok);
    say({ notice: 'undone', fault, results: together(results, readBack), at: wall() });
  }
  return clean;
}

/** Resolves when it has ended, however, or the time has passed. */
function atMost(ms: number, ended: Promise<unknown>, timer: LeaseTimer): Promise<void> {
  return new Promise((resolve) => {
    const cancel = timer.after(ms, resolve);
    const done = () => {
      cancel();
      resolve();
    };
    ended.then(done, done);
  });
}

/** An operation is undone when it was read back; what the undo itself came to is said with it. */
function together(undone: readonly OperationResult[], readBack: readonly OperationResult[]): readonly OperationResult[] {
  return undone.map((result, index) => {
    const seen = readBack[index];
    if (!seen) return result;
    const error = [result.error, seen.error].filter((each) => each !== undefined).join('; ');
    const evidence = [result.evidence, seen.evidence].filter((each) => each !== undefined).join('; ');
    return {
      ...result,
      ok: seen.ok,
      ...(evidence === '' ? {} : { evidence }),
      ...(error === '' ? {} : { error }),
    };
  });
}
