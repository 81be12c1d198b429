/**
 * Asks a name server a question, past every cache: the one that the file names, the target itself, or without either
 * this machine's. What a server of the system answers, refuses or leaves unanswered is a reading; this machine's own
 * resolver is the tool that looks, so its failures are unknown.
 */
import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { z } from 'zod';
import { dialAddress } from './dial-address.ts';
import { errorCode, lookFailed, readFailure, systemFailed, untilAborted } from './failure-reading.ts';
import { defineProbe, type LookContext, type Reading } from './probe.ts';

const RECORDS = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'SRV', 'TXT'] as const;
type RecordType = (typeof RECORDS)[number];

const settings = z.strictObject({
  domain: z.string().min(1).max(253).describe('The name that is asked for.'),
  record: z.enum(RECORDS).default('A').describe('The type of record.'),
  server: z
    .string()
    .refine((text) => isIP(text) !== 0, { error: 'is not an IP address' })
    .optional()
    .describe("The name server that is asked, by its address; without it the target's first address, without a target this machine's own."),
  port: z.int().min(1).max(65_535).default(53).describe('The port of the name server.'),
  expect: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('All the answers that there have to be, in any order; others are read as null.'),
  read: z
    .enum(['answers', 'count', 'latency'])
    .default('answers')
    .describe('answers (text, sorted, with ", " between), count (how many), or latency (ms).'),
});
type Settings = z.output<typeof settings>;

/** Answers as people write them. */
const ASK: Readonly<Record<RecordType, (resolver: Resolver, domain: string) => Promise<readonly string[]>>> = {
  A: (resolver, domain) => resolver.resolve4(domain),
  AAAA: (resolver, domain) => resolver.resolve6(domain),
  CNAME: (resolver, domain) => resolver.resolveCname(domain),
  MX: async (resolver, domain) => (await resolver.resolveMx(domain)).map(({ priority, exchange }) => `${priority} ${exchange}`),
  NS: (resolver, domain) => resolver.resolveNs(domain),
  PTR: (resolver, domain) => resolver.resolvePtr(domain),
  SRV: async (resolver, domain) =>
    (await resolver.resolveSrv(domain)).map(({ priority, weight, port, name }) => `${priority} ${weight} ${port} ${name}`),
  TXT: async (resolver, domain) => (await resolver.resolveTxt(domain)).map((parts) => parts.join('')),
};

/** What a name server said or did, by the resolver's code (the names of node:dns). */
const SERVER_DID: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no such name',
  ENODATA: 'the name has no such record',
  ESERVFAIL: 'the server failed',
  EREFUSED: 'the server refuses to answer',
  ENOTIMP: 'the server does not know the question',
  EFORMERR: 'the server does not understand the question',
  EBADRESP: 'unreadable answer',
  ETIMEOUT: 'timed out',
  ECONNREFUSED: 'refused',
};
/** What even this machine's own resolver says about the name, not about itself. */
const ABOUT_THE_NAME: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA']);

function readDnsFailure(error: unknown, isOurs: boolean, signal: AbortSignal): Reading {
  const code = errorCode(error) ?? '';
  const did = SERVER_DID[code];
  if (isOurs)
    return did !== undefined && ABOUT_THE_NAME.has(code)
      ? systemFailed(did)
      : lookFailed(signal.aborted ? 'this machine’s own resolver does not answer' : error);
  return did === undefined || signal.aborted ? readFailure(error, signal) : systemFailed(did);
}

function readAnswers({ read, expect }: Settings, found: readonly string[], tookMs: number): Reading {
  const answers = found.toSorted();
  const text = answers.join(', ');
  if (expect && expect.toSorted().join('\n').toLowerCase() !== answers.join('\n').toLowerCase()) return systemFailed(`answered ${text}`);
  if (read === 'answers') return { status: 'ok', value: text };
  return { status: 'ok', value: read === 'count' ? answers.length : Math.round(tookMs * 1000) / 1000, detail: text };
}

async function look(settings: Settings, { target, tools, signal, timeoutMs }: LookContext): Promise<Reading> {
  const { server, port, domain, record } = settings;
  const isOurs = server === undefined && !target;
  const to = server === undefined ? dialAddress(target) : { host: server };
  if (!isOurs && 'missing' in to) return to.missing;
  // A resolver of its own for each look: nothing is remembered from the one before.
  const resolver = new Resolver({ timeout: Math.ceil(timeoutMs), tries: 1 });
  if ('host' in to) resolver.setServers([to.host.includes(':') ? `[${to.host}]:${port}` : `${to.host}:${port}`]);
  const startedMs = tools.nowMs();
  try {
    return readAnswers(settings, await untilAborted(signal, ASK[record](resolver, domain)), tools.nowMs() - startedMs);
  } catch (error) {
    return readDnsFailure(error, isOurs, signal);
  } finally {
    resolver.cancel();
  }
}

export const dns = defineProbe({
  name: 'dns',
  summary: "Asks a name server for a record: one that is named, the target itself, or this machine's own.",
  settings,
  looks: { label: 'DNS', colour: '#a16207' },
  needsTarget: false,
  open: (settings) => ({ look: (context) => look(settings, context), close: async () => {} }),
});
