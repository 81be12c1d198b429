/**
 * The agent's plain data as zod schemas, for the two edges where it arrives as text: orders and requests in the agent,
 * replies, notices and a dead agent's files in the runner. The types are those of operations.ts and protocol.ts; the
 * compiler holds the two together.
 */
import { z } from 'zod';
import type { Operation, Orders } from './operations.ts';
import type { AgentNotice, AgentReply, AgentRequest, OperationResult } from './protocol.ts';

const container = z.object({ id: z.string(), name: z.string() });

const operation = z.discriminatedUnion('op', [
  z.object({
    op: z.literal('blackout'),
    container,
    spare: z.array(z.string()),
    direction: z.enum(['both', 'in', 'out']),
  }),
  z.object({
    op: z.literal('latency'),
    container,
    addresses: z.array(z.string()),
    ports: z.array(z.int().min(1).max(65_535)),
    delayMs: z.number().min(0),
    jitterMs: z.number().min(0),
    bufferBytesMax: z.number().min(0),
    direction: z.enum(['both', 'in', 'out']).exactOptional(),
  }),
  z.object({
    op: z.literal('engine'),
    container,
    call: z.enum(['pause', 'stop', 'kill']),
    signal: z.string().exactOptional(),
    graceS: z.number().exactOptional(),
  }),
  z.object({
    op: z.literal('evict'),
    container,
    port: z.int().min(1).max(65_535),
    pattern: z.string(),
    share: z.number().min(0).max(1),
    seed: z.number(),
  }),
  z.object({
    op: z.literal('command'),
    container,
    command: z.array(z.string()).min(1),
    delayMs: z.number().min(0),
    timeoutMs: z.number().min(0),
  }),
  z.object({ op: z.literal('noop'), container }),
]) satisfies z.ZodType<Operation>;

/** `/firedrill/orders.json`. */
export const ordersShape = z.object({
  runId: z.string(),
  leaseMs: z.number().positive(),
  lock: z.string(),
  faults: z.array(z.object({ fault: z.string(), operations: z.array(operation) })),
}) satisfies z.ZodType<Orders>;

/** One line on the agent's standard input. */
export const requestShape = z.union([
  z.object({
    id: z.number(),
    move: z.enum(['arm', 'inject', 'prove', 'undo', 'read-back']),
    fault: z.string(),
    timeoutMs: z.number().positive(),
  }),
  z.object({ id: z.number(), move: z.literal('keep') }),
  z.object({ id: z.number(), move: z.literal('leave') }),
]) satisfies z.ZodType<AgentRequest>;

const result = z.object({
  container: z.string(),
  ok: z.boolean(),
  atNs: z.string().regex(/^\d+$/),
  tookMs: z.number(),
  mechanism: z.string().exactOptional(),
  evidence: z.string().exactOptional(),
  facts: z.record(z.string(), z.number()).exactOptional(),
  error: z.string().exactOptional(),
}) satisfies z.ZodType<OperationResult>;

const reply = z.union([
  z.object({ id: z.number(), ok: z.literal(true), clockNs: z.string().regex(/^\d+$/), results: z.array(result) }),
  z.object({ id: z.number(), ok: z.literal(false), error: z.string() }),
]) satisfies z.ZodType<AgentReply>;

/** One unasked line of the agent's log. */
export const noticeShape = z.discriminatedUnion('notice', [
  z.object({ notice: z.literal('ready'), clockNs: z.string().regex(/^\d+$/), at: z.string() }),
  z.object({
    notice: z.literal('undoing'),
    because: z.enum(['input-ended', 'lease-expired', 'restarted', 'signal']),
    at: z.string(),
  }),
  z.object({ notice: z.literal('undone'), fault: z.string(), results: z.array(result), at: z.string() }),
  z.object({ notice: z.literal('left'), clean: z.boolean(), at: z.string() }),
]) satisfies z.ZodType<AgentNotice>;

/** One line that the agent writes. */
export const agentLineShape = z.union([noticeShape, reply]);

/** What the agent remembers of one operation: how it found the container, and whether it ever began to touch it. */
export const rememberedShape = z.object({ found: z.string().exactOptional(), touched: z.boolean().exactOptional() });

/** `/firedrill/memory.json`: present from the agent's first start on, which is how a restarted one knows that it was at work. */
export const memoryShape = z.object({ operations: z.record(z.string(), rememberedShape) });

export type Remembered = z.output<typeof rememberedShape>;
export type Memory = z.output<typeof memoryShape>;
