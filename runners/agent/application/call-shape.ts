/** One HTTP call, as plain data, and what its answer must be. */
import { z } from 'zod';

export const callShape = z.object({
  url: z.string(),
  method: z.string(),
  headers: z.record(z.string(), z.string()).readonly(),
  body: z.string().exactOptional(),
  /** Statuses that count as done. */
  expect: z.array(z.number()).readonly(),
  timeoutMs: z.number().positive(),
});
export type Call = z.output<typeof callShape>;

/** Asked of the program that makes calls, so that it is known to be up before the first one. */
export const waitsShape = z.object({ waits: z.literal(true) });

export const answerShape = z.object({
  status: z.number(),
  date: z.string().optional(),
  text: z.string(),
  told: z.string(),
  tookMs: z.number(),
  atNs: z.string(),
});
export type CallAnswer = z.output<typeof answerShape>;
