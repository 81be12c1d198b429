/**
 * JSON lines between runner and agent: requests on the agent's standard input, replies and notices on its standard
 * output, which is also its log. Each request carries an id that its reply repeats. Any line renews the lease.
 */
import { z } from 'zod';
import { followShape } from './following.ts';

export const MOVES = ['arm', 'inject', 'prove', 'undo', 'read-back'] as const;
export type Move = (typeof MOVES)[number];

/** CLOCK_MONOTONIC of the engine's host, as a decimal text. */
const clockNs = z.string().regex(/^\d+$/);

/** One line on the agent's standard input. */
export const requestShape = z.union([
  z.object({ id: z.number(), move: z.enum(MOVES), fault: z.string(), timeoutMs: z.number().positive() }),
  /** A container was restarted or made anew, or others have moved: arms, injects and proves once more what the fault does to it. */
  followShape.extend({ id: z.number(), move: z.literal('follow'), timeoutMs: z.number().positive() }),
  /** Renews the lease and asks for the agent's clock. */
  z.object({ id: z.number(), move: z.literal('keep') }),
  /** Everything is undone: leave. The lock is the runner's to give back. */
  z.object({ id: z.number(), move: z.literal('leave') }),
]);
export type AgentRequest = Readonly<z.output<typeof requestShape>>;

/** What one operation came to. */
const resultShape = z
  .object({
    container: z.string(),
    ok: z.boolean(),
    /** When the act took effect (the commit of the rules, the engine's answer …). */
    atNs: clockNs,
    tookMs: z.number(),
    /** `nfqueue`, `engine` …; which mechanism did it. */
    mechanism: z.string().exactOptional(),
    /** For prove: a sentence with figures; for read-back: what was looked at. */
    evidence: z.string().exactOptional(),
    /** Numbers that objectives may use (`evicted`, `matchedPackets`, `measuredDelayMs`, …). */
    facts: z.record(z.string(), z.number()).readonly().exactOptional(),
    error: z.string().exactOptional(),
  })
  .readonly();
export type OperationResult = z.output<typeof resultShape>;

const results = z.array(resultShape).readonly();

const replyShape = z.union([
  z.object({ id: z.number(), ok: z.literal(true), clockNs, results }).readonly(),
  z.object({ id: z.number(), ok: z.literal(false), error: z.string() }).readonly(),
]);
export type AgentReply = z.output<typeof replyShape>;

/** One line that the agent writes unasked. `at`: wall clock, ISO 8601. */
export const noticeShape = z.discriminatedUnion('notice', [
  z.object({ notice: z.literal('ready'), clockNs, at: z.string() }),
  /** It undoes by itself. */
  z.object({
    notice: z.literal('undoing'),
    because: z.enum(['input-ended', 'lease-expired', 'restarted', 'signal']),
    at: z.string(),
  }),
  z.object({ notice: z.literal('undone'), fault: z.string(), results, at: z.string() }),
  z.object({ notice: z.literal('left'), clean: z.boolean(), at: z.string() }),
]);
export type AgentNotice = Readonly<z.output<typeof noticeShape>>;

/** One line that the agent writes. */
export const agentLineShape = z.union([noticeShape, replyShape]);
