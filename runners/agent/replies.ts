/** Requests that wait for their reply, by id; each with its limit, and all of them failed together when the agent is gone. */
import { EXIT, FiredrillError } from '../failure.ts';
import type { AgentReply } from './protocol.ts';

export interface PendingReplies {
  /** A fresh id, and the reply to it. */
  expect(withinMs: number): { readonly id: number; readonly answered: Promise<AgentReply> };
  settle(reply: AgentReply): void;
  /** Fails those that wait, and from then on every further one at once. */
  failAll(why: string): void;
}

export function pendingReplies(): PendingReplies {
  const waiting = new Map<number, PromiseWithResolvers<AgentReply>>();
  let lastId = 0;
  let over: string | undefined;
  return {
    expect(withinMs) {
      const id = ++lastId;
      const { promise, resolve, reject } = Promise.withResolvers<AgentReply>();
      if (over !== undefined) reject(noAnswer(over));
      const timeout = setTimeout(() => reject(noAnswer(`the agent did not answer within ${withinMs} ms`)), withinMs);
      timeout.unref();
      waiting.set(id, { promise, resolve, reject });
      const answered = promise.finally(() => {
        clearTimeout(timeout);
        waiting.delete(id);
      });
      return { id, answered };
    },
    settle: (reply) => waiting.get(reply.id)?.resolve(reply),
    failAll(why) {
      over = why;
      for (const each of waiting.values()) each.reject(noAnswer(why));
    },
  };
}

/** Without an agent there is no evidence; it undoes by itself, or is swept. */
export function noAnswer(why: string): FiredrillError {
  return new FiredrillError('agent-silent', why, { hint: 'See whether anything is left: firedrill sweep', exitCode: EXIT.inconclusive });
}
