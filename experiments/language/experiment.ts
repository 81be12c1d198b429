/** The experiment: one schema that gives the type, the check, the editor's JSON Schema and the reference docs. */
import { z } from 'zod';
import { type Condition, condition } from './condition.ts';
import { type Duration, duration } from './duration.ts';

/** Names of targets, faults, probes, objectives, scenarios and variants. */
export const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, { error: 'is not a name; use letters, digits, - _ and .' });

/** A share of something: `12%` in the file, 0.12 inside. */
export const share = z
  .string()
  .regex(/^\d+(\.\d+)?%$/, { error: 'is not a share; write it like 12%' })
  .transform((text) => Number.parseFloat(text) / 100)
  .meta({ id: 'share', description: 'A share in percent: 12%.' });

/** Which containers: every line given must hold. Only containers of the system count, where a system is named. */
export const targetSelector = z.strictObject({
  labels: z.record(z.string(), z.string()).optional().describe('Container labels, all of them.'),
  service: z.string().optional().describe('The Compose service.'),
  project: z.string().optional().describe('The Compose project.'),
  name: z.string().optional().describe('The container name.'),
});
export type TargetSelector = z.output<typeof targetSelector>;

/** The system under test: a Compose file, relative to the experiment's own folder, and the environment it is given. */
const system = z.union([
  z.string().transform((compose) => ({ compose, environment: {} as Readonly<Record<string, string>> })),
  z.strictObject({ compose: z.string(), environment: z.record(z.string(), z.coerce.string()).default({}) }),
]);

/** What is checked of a single answer; counted as k6's `checks{check:name}`. */
const answerCheck = z.strictObject({
  status: z.int().optional(),
  header: z.string().optional().describe('The header whose value is compared.'),
  equals: z.string().optional(),
  'body-contains': z.string().optional(),
});

const request = z.strictObject({
  url: z.string(),
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).default('GET'),
  headers: z.record(z.string(), z.coerce.string()).default({}),
  body: z.string().optional(),
  weight: z.number().positive().default(1),
  checks: z.record(name, answerCheck).default({}),
});

/** Seeded values for `${name}` in a request: `zipf` draws rank r with probability ∝ 1/r^exponent, `uniform` evenly. Values are `prefix` + 1…items. */
const generator = z.union([
  z.strictObject({
    zipf: z.strictObject({ items: z.int().min(1).max(1_000_000), exponent: z.number().min(0).default(1), prefix: z.string().default('') }),
  }),
  z.strictObject({ uniform: z.strictObject({ items: z.int().min(1).max(1_000_000), prefix: z.string().default('') }) }),
  z.strictObject({ values: z.array(z.coerce.string()).min(1) }),
]);

const scenarioBase = {
  requests: z.array(request).min(1),
  tags: z.record(z.string(), z.string()).default({}),
  data: z.record(name, generator).default({}),
  startTime: duration.optional().describe('When it starts, from the start of the run.'),
  gracefulStop: duration.optional().describe('How long running requests may take after the end; default 30s.'),
  timeout: duration.optional().describe('Limit for one request; default 10s.'),
};

const probeBase = {
  target: z.string().optional().describe('The name of a target; the probe looks at each of its containers.'),
  every: duration.optional().describe('Interval; default 1s.'),
  timeout: duration.optional().describe('Limit for one look; default 5s or the interval, whichever is longer.'),
};

const stepBase = {
  at: duration.describe('When, from the start of the run.'),
  name: name.optional().describe('Its name in the journal; default the kind, numbered when there are several.'),
};

const faultBase = {
  ...stepBase,
  target: z.string(),
  duration: duration.optional().describe('How long it lasts, from its proof. Required unless the fault heals by itself.'),
  consent: z.enum(['undone-by-runner', 'not-undone']).optional().describe('Accepts a fault that the agent cannot undo.'),
  irreversible: z.literal('accept').optional().describe('Accepts the loss of data that cannot be rebuilt.'),
};

const gate = z.strictObject({ ...stepBase, gate: z.string().describe('The question to ask.') });

const objective = z.strictObject({
  description: z.string().optional(),
  fault: z.string().optional().describe('Whose clock counts; default the first fault of the method.'),
  good: condition.optional().describe('When the system is good; the clauses below say when it has to be.'),
  throughout: z.boolean().optional().describe('Good from the first fault to the end of the watch.'),
  'mitigated-within': duration.optional().describe('Good again while the fault lasts, this long after its proof at the latest.'),
  'recovered-within': duration.optional().describe('Good for good, this long after the fault is gone at the latest.'),
  budget: share.optional().describe("Failed share of this indicator's requests over the whole run."),
  during: condition.optional().describe('One judgement over the time from mitigation (or proof, without mitigated-within) to undo.'),
  since: condition.optional().describe('One judgement over the time from proof to the end of the watch.'),
  after: z
    .strictObject({ within: duration, condition })
    .optional()
    .describe('One judgement over the time from `within` after undo to the end.'),
});
export type Objective = z.output<typeof objective>;

const overlay = z.strictObject({
  description: z.string().optional(),
  environment: z.record(z.string(), z.coerce.string()).default({}).describe('Environment of the system.'),
  load: z.unknown().optional().describe('Merged over the load, key by key.'),
  objectives: z.unknown().optional().describe('Merged over the objectives, key by key.'),
});

/** A step that breaks something. `settings` are the kind's own keys as written; the fault parses them itself. */
export interface FaultStep {
  readonly type: 'fault';
  readonly at: Duration;
  readonly name: string;
  readonly fault: string;
  readonly target: string;
  readonly duration?: Duration | undefined;
  readonly consent?: 'undone-by-runner' | 'not-undone' | undefined;
  readonly irreversible?: 'accept' | undefined;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** A question to the people; recorded and passed over unless asked for with --gates. */
export interface GateStep {
  readonly type: 'gate';
  readonly at: Duration;
  readonly name: string;
  readonly gate: string;
}

/** A probe with its interval; `settings` are the kind's own keys as written. Inline probes are named after their kind. */
export interface NamedProbe {
  readonly name: string;
  readonly probe: string;
  readonly target?: string | undefined;
  readonly every: Duration;
  readonly timeout: Duration;
  readonly settings: Readonly<Record<string, unknown>>;
}

export type Request = z.output<typeof request>;
export type DataGenerator = z.output<typeof generator>;

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

/** An experiment as parsed: every default filled in, inline probes named, lists in the order of the file. */
export interface Experiment {
  readonly title: string;
  readonly description?: string | undefined;
  readonly system?: { readonly compose: string; readonly environment: Readonly<Record<string, string>> } | undefined;
  readonly targets: Readonly<Record<string, TargetSelector>>;
  readonly scenarios: readonly Scenario[];
  readonly probes: readonly NamedProbe[];
  readonly hypothesis: readonly Condition[];
  readonly method: readonly (FaultStep | GateStep)[];
  readonly objectives: Readonly<Record<string, Objective>>;
  readonly stopWhen: readonly (Condition & { readonly for?: Duration | undefined })[];
  /** How long to go on watching after the last undo at most; default 30s. */
  readonly watch: Duration;
  readonly limits: { readonly maxTargets: number; readonly maxShare: number; readonly maxDuration: Duration };
  readonly variants: Readonly<Record<string, z.output<typeof overlay>>>;
}
