/**
 * Asks a URL as a new visitor would: one fresh connection a look, so that an open one cannot hide that the door is
 * shut. Refusals, resets, silence and unreadable answers are readings (see failure-reading.ts), an odd status too.
 */
import { z } from 'zod';
import { jsonPath } from '../experiments/language/answer-check.ts';
import { compileJsonPath } from '../experiments/language/json-path.ts';
import { readFailure, systemFailed } from './failure-reading.ts';
import { type Answer, ask, BODY_BYTES_MAX } from './http-answer.ts';
import { defineProbe, type Reading } from './probe.ts';
import { textValue, toValue } from './reading-value.ts';

const read = z.union([
  z.enum(['status', 'body', 'latency', 'redirects', 'tls-expiry']),
  z.strictObject({ header: z.string().min(1) }),
  z.strictObject({ json: jsonPath }),
  z.strictObject({ path: z.string().min(1) }),
]);

const DAY_MS = 86_400_000;

const settings = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: 'is not an http:// or https:// address' }).describe('What is asked.'),
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).default('GET'),
  headers: z.record(z.string(), z.coerce.string()).default({}),
  body: z.string().optional(),
  'follow-redirects': z.boolean().default(false).describe('Follow up to 5 redirects; otherwise the redirect itself is what is read.'),
  read: read
    .default('status')
    .describe(
      'status (a number), body (text, cut at 16 KiB), latency (ms to the last byte), redirects (how many were followed), tls-expiry (days until the certificate ends, trusted or not), ' +
        '{header: name}, {json: JSONPath into the body, its first value}, or {path: dotted path into a JSON body}.',
    ),
});
type Settings = z.output<typeof settings>;

/** Follows a dotted path (`regions.0.name`) into parsed JSON; undefined where it leads nowhere. */
export function followPath(root: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => {
    if (value === null || typeof value !== 'object') return undefined;
    return Object.entries(value).find(([name]) => name === key)?.[1];
  }, root);
}

function readJson(answer: Answer, path: string, find: (body: unknown) => unknown): Reading {
  if (answer.cut) return systemFailed(`the body is longer than ${BODY_BYTES_MAX} bytes`);
  try {
    const value = find(JSON.parse(answer.body));
    return value === undefined ? systemFailed(`${answer.status}, nothing at ${path}`) : { status: 'ok', value: toValue(value) };
  } catch {
    return systemFailed(`${answer.status}, the body is not JSON`);
  }
}

function readExpiry({ status, certificateEndsAtMs }: Answer): Reading {
  if (certificateEndsAtMs === undefined) return systemFailed(`${status}, no certificate`);
  const days = (certificateEndsAtMs - Date.now()) / DAY_MS;
  return { status: 'ok', value: Math.round(days * 100) / 100, detail: `ends ${new Date(certificateEndsAtMs).toISOString()}` };
}

/** What is complete with the headers; an endless body is then no obstacle. */
function isInHead(wanted: Settings['read']): boolean {
  return typeof wanted === 'object' ? 'header' in wanted : wanted !== 'body' && wanted !== 'latency';
}

function readAnswer(wanted: Settings['read'], answer: Answer): Reading {
  const detail = `${answer.status} in ${answer.tookMs} ms`;
  if (wanted === 'status') return { status: 'ok', value: answer.status, detail };
  if (wanted === 'latency') return { status: 'ok', value: answer.tookMs, detail };
  if (wanted === 'body') return { status: 'ok', value: textValue(answer.body), detail };
  if (wanted === 'redirects') return { status: 'ok', value: answer.redirects, detail };
  if (wanted === 'tls-expiry') return readExpiry(answer);
  if ('path' in wanted) return readJson(answer, wanted.path, (body) => followPath(body, wanted.path));
  if ('json' in wanted) return readJson(answer, wanted.json, (body) => compileJsonPath(wanted.json)?.(body)[0]);
  const header = answer.headers[wanted.header.toLowerCase()];
  return header === undefined
    ? systemFailed(`${answer.status}, no header ${wanted.header}`)
    : { status: 'ok', value: textValue(header), detail };
}

export const http = defineProbe({
  name: 'http',
  summary:
    'Asks a URL over a fresh connection; reads the status, body, latency, a header, a value in a JSON body, or how long its certificate lasts.',
  settings,
  looks: { label: 'HTTP', colour: '#2563eb' },
  needsTarget: false,
  misfits: ({ url, read, 'follow-redirects': follows }) =>
    read === 'tls-expiry' && !follows && URL.parse(url)?.protocol === 'http:'
      ? [{ key: 'read', message: 'http:// has no certificate that could end', hint: 'write an https:// address' }]
      : [],
  open: (settings) => ({
    async look({ signal }) {
      try {
        const answer = await ask({
          url: settings.url,
          method: settings.method,
          headers: settings.headers,
          body: settings.body,
          followRedirects: settings['follow-redirects'],
          anyCertificate: settings.read === 'tls-expiry',
          headersOnly: isInHead(settings.read),
          signal,
        });
        return answer === 'too-many-redirects' ? systemFailed('redirected more than 5 times') : readAnswer(settings.read, answer);
      } catch (error) {
        return readFailure(error, signal);
      }
    },
    close: async () => {},
  }),
});
