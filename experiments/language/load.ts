/** Load in k6's words: scenarios with an executor each, the requests they send, and the seeded data in them. */
import { z } from 'zod';
import { byMarker } from './choice.ts';
import { type Duration, duration } from './duration.ts';
import { name, text } from './names.ts';

/** What is checked of a single answer; counted as k6's `checks{check:name}`. */
const answerCheck = z
  .strictObject({
    status: z.int().min(100).max(599).optional().describe('The status it must have.'),
    header: z.string().optional().describe('The header whose value is compared.'),
    equals: text.optional().describe('What the header must be.'),
    'body-contains': z.string().optional().describe('Text that the body must contain.'),
  })
  .meta({ id: 'answer-check' });

/** One request of a scenario; `${name}` in its texts is replaced by the scenario's data. */
export const request = z
  .strictObject({
    url: z.string().min(1).describe('What is asked.'),
    method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).default('GET'),
    headers: z.record(z.string(), text).default({}).describe('Headers by name.'),
    body: z.string().optional().describe('What is sent.'),
    weight: z.number().positive().default(1).describe('How often it is chosen, beside the others.'),
    checks: z.record(name, answerCheck).default({}).describe('What is checked of each answer, counted as checks{check:name}.'),
  })
  .meta({ id: 'request' });
export type Request = z.output<typeof request>;

const items = z.int().min(1).max(1_000_000).describe('How many values there are.');
const prefix = z.string().default('').describe('Put before the number.');

const generators = {
  zipf: z.strictObject({ zipf: z.strictObject({ items, exponent: z.number().min(0).default(1), prefix }) }),
  uniform: z.strictObject({ uniform: z.strictObject({ items, prefix }) }),
  values: z.strictObject({ values: z.array(text).min(1) }),
};

/** Seeded values for `${name}` in a request: `zipf` draws rank r with probability ∝ 1/r^exponent, `uniform` evenly. Values are `prefix` + 1…items. */
export const generator = byMarker(
  'data',
  generators,
  z
    .union([generators.zipf, generators.uniform, generators.values])
    .meta({ id: 'data', description: `Seeded values for \${name} in requests.` }),
);
export type DataGenerator = z.output<typeof generator>;

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
  requests: z.array(request).min(1).describe('What is sent; with several, each is chosen by its weight.'),
  tags: z.record(z.string(), text).default({}).describe('Tags of all its requests, for selectors like http_req_failed{region:x}.'),
  data: z.record(name, generator).default({}).describe(`Seeded values for \${name} in requests.`),
  startTime: duration.optional().describe('When it starts, from the start of the run; default 0s.'),
  gracefulStop: duration.optional().describe('How long running requests may take after the end; default 30s.'),
  timeout: duration.optional().describe('Limit for one request; default 10s.'),
};

/** One stream of load. `settings` are the executor's own keys as written (rate, vus, duration …). */
export interface Scenario {
  readonly name: string;
  readonly executor: string;
  readonly requests: readonly Request[];
  readonly tags: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, DataGenerator>>;
  readonly startTime: Duration;
  readonly gracefulStop: Duration;
  readonly timeout: Duration;
  readonly settings: Readonly<Record<string, unknown>>;
}
