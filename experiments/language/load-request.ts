/** Requests of a load, and chains of them: steps that a virtual user takes one after the other in an iteration. */
import { z } from 'zod';
import { answerCheck, extract } from './answer-check.ts';
import { byMarker } from './choice.ts';
import { duration } from './duration.ts';
import { urlProblem } from './load-url.ts';
import { name, text } from './names.ts';
import { pause } from './pause.ts';

/** Steps of one chain. */
export const STEPS_MAX = 500;
/** Hops that one request may follow; k6's default is 10. */
export const REDIRECTS_MAX = 20;

export const redirects = z.int().min(0).max(REDIRECTS_MAX).optional();

const url = z
  .string()
  .min(1)
  .superRefine((written, context) => {
    const problem = urlProblem(written);
    if (problem) context.addIssue({ code: 'custom', message: `${problem.message}; ${problem.hint}` });
  });

const weight = z.number().positive().default(1).describe('How often it is chosen, beside the others.');

const requestKeys = {
  url: url.describe('What is asked.'),
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).default('GET'),
  headers: z.record(z.string(), text).default({}).describe('Headers by name.'),
  body: z.string().optional().describe('What is sent.'),
  json: z.unknown().optional().describe('What is sent, as JSON, with its Content-Type.'),
  form: z.record(z.string(), text).optional().describe('What is sent, as the fields of a form, with its Content-Type.'),
  'body-file': z
    .string()
    .min(1)
    .optional()
    .describe('A file that is sent as it is; its path from the folder of the experiment. 16 MiB at most.'),
  checks: z.record(name, answerCheck).default({}).describe('What is checked of each answer, counted as checks{check:name}.'),
  extract: extract.optional().describe('Values taken from the answer, for later steps of the same chain.'),
  name: z.string().min(1).optional().describe('Its tag `name`.'),
  tags: z.record(z.string(), text).optional().describe("Tags besides the scenario's."),
  timeout: duration.optional().describe("Limit for it; default the scenario's."),
  redirects: redirects.describe("Redirects that are followed; default the scenario's."),
};

const BODIES = ['body', 'json', 'form', 'body-file'] as const;

function oneBody(given: Readonly<Partial<Record<(typeof BODIES)[number], unknown>>>, context: z.RefinementCtx): void {
  const [first, second] = BODIES.filter((key) => given[key] !== undefined);
  if (second !== undefined)
    context.addIssue({ code: 'custom', message: `a request cannot send ${first} and ${second} together`, path: [second] });
}

/** One request; `${name}` in its texts is replaced by data, or by what was extracted. */
export const request = z
  .strictObject({ ...requestKeys, weight })
  .superRefine(oneBody)
  .meta({ id: 'request' });
export type Request = z.output<typeof request>;

const stepRequest = z.strictObject(requestKeys).superRefine(oneBody).meta({ id: 'request-step', description: 'A request, as a step.' });
const think = z.strictObject({ think: pause.describe('How long the virtual user pauses: 2s, or {between: [1s, 3s]}.') });

export const chainStep = byMarker(
  'a step',
  { url: stepRequest, think },
  z.union([stepRequest, think]).meta({ id: 'chain-step', description: 'A request, or a pause: {think: 2s}.' }),
);
export type ChainStep = z.output<typeof chainStep>;

export const steps = z.array(chainStep).min(1).max(STEPS_MAX);

export const chain = z
  .strictObject({ weight, steps: steps.describe('What is done, in order.') })
  .meta({ id: 'chain', description: 'Steps that are taken one after the other.' });

/** A chain as a scenario holds it. */
export interface Chain {
  readonly name: string;
  readonly weight: number;
  readonly steps: readonly ChainStep[];
}
