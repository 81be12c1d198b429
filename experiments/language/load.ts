/** Load in k6's words: scenarios with an executor each, what they do in an iteration, and the seeded data in it. */
import { z } from 'zod';
import { type Duration, duration } from './duration.ts';
import { type Connect, connect } from './load-connect.ts';
import { type DataGenerator, generator } from './load-data.ts';
import { type Chain, chain, type Request, redirects, request, steps } from './load-request.ts';
import { name, text } from './names.ts';
import { type StartTime, startTime } from './start-time.ts';

/** How long cookies are kept: not at all, within an iteration, or as long as the virtual user is there. */
export const COOKIES = ['off', 'iteration', 'user'] as const;
export type Cookies = (typeof COOKIES)[number];

/** Processes that share the load, at most. */
export const GENERATORS_MAX = 64;

/** Processes that share the load. */
export const generatorCount = z
  .int()
  .min(1)
  .max(GENERATORS_MAX)
  .describe('Processes that share the load exactly; default by the rates and the cores of the machine, one core left free.');

/** The keys of every scenario, whatever its executor. */
export const scenarioBase = {
  requests: z.array(request).min(1).optional().describe('What is sent; with several, each iteration chooses one by its weight.'),
  steps: steps.optional().describe('Requests and pauses that each iteration takes in order.'),
  chains: z.record(name, chain).optional().describe('Several lists of steps; each iteration chooses one by its weight.'),
  tags: z.record(z.string(), text).default({}).describe('Tags of all its requests, for selectors like http_req_failed{region:x}.'),
  data: z.record(name, generator).default({}).describe(`Seeded values for \${name} in requests.`),
  startTime: startTime
    .optional()
    .describe('When it starts, from the start of the run or from a fault: 10s, fault+5s, undo+5s; default 0s.'),
  gracefulStop: duration.optional().describe('How long running iterations may take after the end; default 30s.'),
  timeout: duration.optional().describe('Limit for one request; default 10s.'),
  minIterationDuration: duration
    .optional()
    .describe('An iteration that ends earlier makes its virtual user wait for the rest; default 0s.'),
  cookies: z.enum(COOKIES).optional().describe('How long cookies are kept; default iteration with steps, off with requests alone.'),
  redirects: redirects.describe('Redirects that a request follows; default 0, so that what is written is what is sent.'),
  connect: connect.optional().describe('TLS, HTTP/2, proxies and hosts.'),
};

/** One stream of load. `settings` are the executor's own keys as written (rate, vus, duration …). */
export interface Scenario {
  readonly name: string;
  readonly executor: string;
  /** Iterations of one request each. */
  readonly requests: readonly Request[];
  /** Iterations of several steps. */
  readonly chains?: readonly Chain[] | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, DataGenerator>>;
  readonly startTime: StartTime;
  readonly gracefulStop: Duration;
  readonly timeout: Duration;
  readonly minIterationDuration?: Duration | undefined;
  readonly cookies?: Cookies | undefined;
  readonly redirects?: number | undefined;
  readonly connect?: Connect | undefined;
  readonly settings: Readonly<Record<string, unknown>>;
}
