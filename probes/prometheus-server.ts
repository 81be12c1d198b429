/**
 * Asks a Prometheus an instant query over its HTTP API (prometheus.io/docs/prometheus/latest/querying/api). It is a tool
 * that looks, like the engine: when it is down, refuses, or has no single number to give, nothing is known of the system.
 */
import { z } from 'zod';
import { sampleValue } from './exposition.ts';
import { errorText, lookFailed } from './failure-reading.ts';
import { ask, BODY_BYTES_MAX, plainQuestion } from './http-answer.ts';
import { numberReading } from './metrics-page.ts';
import type { LookContext, OpenProbe, Reading } from './probe.ts';

/** Series named when a query has several. */
const SERIES_SHOWN_MAX = 3;

const sample = z.tuple([z.number(), z.string()]);
const answered = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('success'),
    data: z.discriminatedUnion('resultType', [
      z.object({
        resultType: z.literal('vector'),
        result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: sample.optional() })),
      }),
      z.object({ resultType: z.literal('scalar'), result: sample }),
      z.object({ resultType: z.literal('string'), result: sample }),
      z.object({ resultType: z.literal('matrix'), result: z.array(z.unknown()) }),
    ]),
  }),
  z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() }),
]);
type Data = Extract<z.output<typeof answered>, { status: 'success' }>['data'];

export interface ServerQuestion {
  readonly server: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: string;
}

function addressOf({ server, query }: ServerQuestion, timeoutMs: number): string {
  const base = server.endsWith('/') ? server : `${server}/`;
  const url = new URL('api/v1/query', base);
  url.search = new URLSearchParams({ query, timeout: `${Math.ceil(timeoutMs)}ms` }).toString();
  return url.href;
}

function labelsText(metric: Readonly<Record<string, string>>): string {
  const { __name__: name = '', ...labels } = metric;
  return `${name}{${Object.entries(labels)
    .map(([label, value]) => `${label}="${value}"`)
    .join(',')}}`;
}

/** The one number of a result, or what it is instead. */
function readData(data: Data): Reading {
  if (data.resultType === 'matrix') return lookFailed('the query asks for a range of values; take one: rate(…[1m]), or leave the [ ] away');
  if (data.resultType === 'string') return lookFailed('the query is a text, not a number');
  if (data.resultType === 'scalar') return numberReading(sampleValue(data.result[1]) ?? Number.NaN, 'the query');
  const [only, ...others] = data.result;
  if (only === undefined) return lookFailed('the query returned nothing');
  if (others.length > 0) {
    const shown = data.result.slice(0, SERIES_SHOWN_MAX).map(({ metric }) => labelsText(metric));
    const more = data.result.length > SERIES_SHOWN_MAX ? ' …' : '';
    return lookFailed(`the query returned ${data.result.length} series (${shown.join(', ')}${more}); make one of them, as with sum(…)`);
  }
  if (!only.value) return lookFailed('the query is a native histogram, not a number');
  return numberReading(sampleValue(only.value[1]) ?? Number.NaN, `the query (${labelsText(only.metric)})`);
}

async function look(question: ServerQuestion, { signal, timeoutMs }: LookContext): Promise<Reading> {
  try {
    const answer = await ask(plainQuestion(addressOf(question, timeoutMs), question.headers, BODY_BYTES_MAX, signal));
    if (answer === 'too-many-redirects') return lookFailed('Prometheus redirects');
    if (answer.cut) return lookFailed(`the answer is longer than ${BODY_BYTES_MAX} bytes; make one series of it, as with sum(…)`);
    const parsed = answered.safeParse(parseJson(answer.body));
    if (!parsed.success) return lookFailed(`no answer of a Prometheus: ${answer.status} '${answer.body.slice(0, 80)}'`);
    return parsed.data.status === 'success' ? readData(parsed.data.data) : lookFailed(`${parsed.data.errorType}: ${parsed.data.error}`);
  } catch (error) {
    return lookFailed(signal.aborted ? 'Prometheus does not answer in time' : `Prometheus: ${errorText(error)}`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function openServer(question: ServerQuestion): OpenProbe {
  return { look: (context) => look(question, context), close: async () => {} };
}
