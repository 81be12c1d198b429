/** The options of a test as a script exports them: which there are, and what each may be. */
import { z } from 'zod';
import { parseAggregate } from '../../../../experiments/language/threshold.ts';
import { k6Duration } from './duration.ts';

const whole = z.int({ error: 'must be a whole number' });
const count = whole.min(0, { error: 'must be 0 or more' });
const truth = z.boolean({ error: 'must be true or false' });
const text = z.string({ error: 'must be a text' });
/** Tags may be written as numbers and truths. */
const tags = z.record(text, z.union([text, z.number(), truth]).transform(String), { error: 'must be a map of names to texts' });

const stage = z.strictObject({ duration: k6Duration, target: count });

/** Keys of every scenario of a script; the rest are its executor's own. */
export const scriptScenario = z.looseObject({
  executor: text,
  startTime: k6Duration.nullish(),
  gracefulStop: k6Duration.nullish(),
  exec: text.nullish(),
  env: z.record(text, z.unknown()).nullish(),
  tags: tags.nullish(),
  options: z.unknown().optional(),
});

const THRESHOLD_WRONG = "must be a text like 'p(95)<200', or {threshold, abortOnFail, delayAbortEval}";

const threshold = z.union(
  [
    text.transform((threshold) => ({ threshold, abortOnFail: false, delayAbortEval: undefined })),
    z.strictObject({ threshold: text, abortOnFail: truth.default(false), delayAbortEval: k6Duration.nullish() }),
  ],
  { error: THRESHOLD_WRONG },
);

const trendStats = z.array(
  text.refine((each) => ['avg', 'min', 'med', 'max', 'count'].includes(each) || parseAggregate(each)?.percentile !== undefined, {
    error: (issue) => `'${String(issue.input)}' is not avg, min, med, max, count or p(N)`,
  }),
);

const tlsVersions = ['tls1.0', 'tls1.1', 'tls1.2', 'tls1.3'] as const;
const tlsVersion = z.enum(tlsVersions, { error: `must be one of ${tlsVersions.join(', ')}` });

/** By name. Null stands for not set, as in k6. */
export const OPTION_SCHEMAS = {
  batch: count,
  batchPerHost: count,
  blacklistIPs: z.array(text),
  blockHostnames: z.array(text),
  cloud: z.unknown(),
  discardResponseBodies: truth,
  dns: z.looseObject({ ttl: z.union([text, z.number()]).nullish(), select: text.nullish(), policy: text.nullish() }),
  duration: k6Duration,
  executionSegment: text,
  executionSegmentSequence: text,
  ext: z.unknown(),
  hosts: z.record(text, text),
  httpDebug: text,
  insecureSkipTLSVerify: truth,
  iterations: whole.min(1, { error: 'must be 1 or more' }),
  linger: truth,
  localIPs: text,
  maxRedirects: count,
  minIterationDuration: k6Duration,
  noConnectionReuse: truth,
  noCookiesReset: truth,
  noVUConnectionReuse: truth,
  paused: truth,
  rps: count,
  scenarios: z.record(text, scriptScenario),
  setupTimeout: k6Duration,
  stages: z.array(stage),
  summaryTimeUnit: z.enum(['s', 'ms', 'us'], { error: 'must be s, ms or us' }),
  summaryTrendStats: trendStats,
  systemTags: z.array(text),
  tags,
  teardownTimeout: k6Duration,
  thresholds: z.record(text, z.union([threshold.transform((each) => [each]), z.array(threshold)], { error: THRESHOLD_WRONG })),
  throw: truth,
  tlsAuth: z.array(z.strictObject({ domains: z.array(text).nullish(), cert: text, key: text, password: text.nullish() })),
  tlsCipherSuites: z.array(text),
  tlsVersion: z.union([tlsVersion, z.strictObject({ min: tlsVersion.nullish(), max: tlsVersion.nullish() })]),
  userAgent: text,
  vus: count,
} as const;

export type OptionName = keyof typeof OPTION_SCHEMAS;

/** Options of one source or of all of them, checked; those that are not set are not there. */
export type Options = { readonly [Name in OptionName]?: z.output<(typeof OPTION_SCHEMAS)[Name]> };

/** A scenario of a script, checked, its executor's own keys beside the common ones. */
export type ScriptScenario = z.output<typeof scriptScenario>;

export function isOptionName(name: string): name is OptionName {
  return Object.hasOwn(OPTION_SCHEMAS, name);
}
