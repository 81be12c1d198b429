/** Requests that wait for their reply, by id; each with its limit, and all of them failed together when the agent is gone. */
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
      if (over !== undefined) reject(new Error(over));
      const timeout = setTimeout(() => reject(new Error(`the agent did not answer within ${withinMs} ms`)), withinMs);
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
      for (const each of waiting.values()) each.reject(new Error(why));
    },
  };
}
