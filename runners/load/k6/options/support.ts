/** What firedrill makes of each option of k6: the table of docs/k6.md, and the warnings of a test that sets one we pass over. */
import type { OptionName } from './schema.ts';

/** `yes`: as in k6. `partly`: see the note. `ignored`: a warning, and the test runs. `refused`: the test does not run. */
export type Support = 'yes' | 'partly' | 'ignored' | 'refused';

export interface OptionSupport {
  readonly support: Support;
  readonly note?: string;
  /** How a text for it, of the environment or of a flag, is read. Without it neither is taken. */
  readonly written?: 'number' | 'truth' | 'text' | 'list' | 'stages' | 'tags' | 'pairs';
}

const yes = (written?: OptionSupport['written']): OptionSupport => ({ support: 'yes', ...(written ? { written } : {}) });

export const OPTION_SUPPORT: Readonly<Record<OptionName, OptionSupport>> = {
  batch: yes('number'),
  batchPerHost: yes('number'),
  blacklistIPs: yes('list'),
  blockHostnames: yes('list'),
  cloud: { support: 'ignored', note: 'there is no cloud' },
  discardResponseBodies: yes('truth'),
  dns: { support: 'ignored', note: "names are looked up by the machine's own resolver at each connection", written: 'pairs' },
  duration: yes('text'),
  executionSegment: { support: 'refused', note: 'a test is not split over machines', written: 'text' },
  executionSegmentSequence: { support: 'refused', note: 'a test is not split over machines', written: 'text' },
  ext: { support: 'ignored', note: 'there is no cloud' },
  hosts: { support: 'partly', note: 'names and `name:port`, with `*.` in front for all names below; the address may have a port' },
  httpDebug: { support: 'refused', note: 'use console.log on what you want to see', written: 'text' },
  insecureSkipTLSVerify: yes('truth'),
  iterations: yes('number'),
  linger: { support: 'ignored', note: 'the command ends with the test', written: 'truth' },
  localIPs: { support: 'refused', note: "connections leave from the machine's own address", written: 'text' },
  maxRedirects: yes('number'),
  minIterationDuration: yes('text'),
  noConnectionReuse: yes('truth'),
  noCookiesReset: yes('truth'),
  noVUConnectionReuse: {
    support: 'partly',
    note: 'connections belong to the test and not to a virtual user; with it each request opens its own, as noConnectionReuse does',
    written: 'truth',
  },
  paused: { support: 'ignored', note: 'a test begins when it is started', written: 'truth' },
  rps: yes('number'),
  scenarios: yes(),
  setupTimeout: yes('text'),
  stages: yes('stages'),
  summaryTimeUnit: yes('text'),
  summaryTrendStats: yes('list'),
  systemTags: yes('list'),
  tags: yes('tags'),
  teardownTimeout: yes('text'),
  thresholds: yes(),
  throw: yes('truth'),
  tlsAuth: { support: 'partly', note: 'one certificate for each host; the first that fits' },
  tlsCipherSuites: yes(),
  tlsVersion: yes(),
  userAgent: yes('text'),
  vus: yes('number'),
};
