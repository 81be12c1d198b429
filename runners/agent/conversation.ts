/**
 * Talking to an agent over its streams: each request finds its reply, notices are passed on, and whatever waits is told
 * when the agent is gone, and why.
 */
import { createInterface } from 'node:readline';
import type { Attached } from './container.ts';
import type { ContainerRef } from './operations/operation.ts';
import type { AgentNotice, AgentReply, Move } from './protocol.ts';
import { agentLineShape } from './protocol.ts';
import { noAnswer, pendingReplies } from './replies.ts';

/** Last words, outside the protocol, that are told when it is gone. */
const LAST_WORDS_CHARACTERS = 1_000;

type Request =
  | { readonly move: 'follow'; readonly fault: string; readonly from: string; readonly to: ContainerRef; readonly timeoutMs: number }
  | { readonly move: Move; readonly fault: string; readonly timeoutMs: number }
  | { readonly move: 'keep' | 'leave' };
type Answer = Extract<AgentReply, { readonly ok: true }>;

export interface Conversation {
  /** Rejects when the agent refuses, does not answer in time, or is gone. */
  ask(request: Request, withinMs: number): Promise<Answer>;
  /** Rejects when it is gone before it was ready. */
  readonly ready: Promise<void>;
  /** Resolves, with the reason, when its output has ended. */
  readonly gone: Promise<string>;
  /** Resolves as soon as it undoes by itself, or is gone, unless its end is expected. */
  readonly lost: Promise<string>;
  /** From here on its end is no loss. */
  expectEnd(): void;
}

export function conversation({ input, stdout, stderr }: Attached, onNotice: (notice: AgentNotice) => void): Conversation {
  const lost = Promise.withResolvers<string>();
  const ready = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<string>();
  const replies = pendingReplies();
  let endExpected = false;
  let undoes: string | undefined;
  let lastWords = '';
  const keepWords = (words: string) => {
    lastWords = (lastWords + words).slice(-LAST_WORDS_CHARACTERS);
  };
  const lose = (why: string) => {
    if (!endExpected) lost.resolve(why);
  };
  const hear = (said: AgentNotice | AgentReply) => {
    if (!('notice' in said)) return replies.settle(said);
    if (said.notice === 'ready') ready.resolve();
    if (said.notice === 'undoing') {
      undoes = `the agent undid everything by itself: ${said.because}`;
      lose(undoes);
    }
    return onNotice(said);
  };
  stderr.setEncoding('utf8').on('data', keepWords);
  createInterface({ input: stdout }).on('line', (line) => {
    const said = parseLine(line);
    if (said === undefined) keepWords(line);
    else hear(said);
  });
  stdout.on('end', () => {
    const why = undoes ?? `the agent ended: ${lastWords.trim() || 'it said nothing'}`;
    replies.failAll(why);
    ready.reject(new Error(why));
    gone.resolve(why);
    lose(why);
  });
  // Whoever does not wait for it to be ready learns of its end by `lost`.
  ready.promise.catch(() => {});
  return {
    ready: ready.promise,
    gone: gone.promise,
    lost: lost.promise,
    expectEnd() {
      endExpected = true;
    },
    async ask(request, withinMs) {
      const { id, answered } = replies.expect(withinMs);
      input.write(`${JSON.stringify({ id, ...request })}\n`);
      const reply = await answered;
      if (!reply.ok) throw noAnswer(reply.error);
      return reply;
    },
  };
}

function parseLine(line: string): AgentNotice | AgentReply | undefined {
  try {
    return agentLineShape.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
