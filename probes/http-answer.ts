/** One question over HTTP on a connection of its own, with its limits; errors of the network are thrown as node gives them. */
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { TLSSocket } from 'node:tls';

/** Redirects that are followed before the look gives up. */
const REDIRECTS_MAX = 5;
/** Bytes of a body that are kept where nothing else is said; the rest is not read. */
export const BODY_BYTES_MAX = 1_048_576;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const CREDENTIALS: ReadonlySet<string> = new Set(['authorization', 'cookie', 'proxy-authorization']);

export interface Question {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly followRedirects: boolean;
  /** A certificate that is not trusted, or over, is no obstacle: it is what is looked at. */
  readonly anyCertificate?: boolean;
  /** The answer is complete with its headers; an endless body is then no obstacle. */
  readonly headersOnly: boolean;
  /** Bytes of the body that are kept, BODY_BYTES_MAX unless said. */
  readonly bodyBytesMax?: number;
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly status: number;
  /** By lower-case name; a repeated header is joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The body went on beyond what is kept. */
  readonly cut: boolean;
  /** Redirects that led to it. */
  readonly redirects: number;
  /** When the certificate of who answered ends, on the wall clock; undefined without TLS. */
  readonly certificateEndsAtMs: number | undefined;
  /** From dialling to the last byte that was wanted, redirects included; ms, to the microsecond. */
  readonly tookMs: number;
}

function send(url: URL, question: Question): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const { method, headers, signal, anyCertificate = false } = question;
    request(url, { method, headers, signal, agent: false, rejectUnauthorized: !anyCertificate }, resolve)
      .on('error', reject)
      .end(question.body);
  });
}

async function readBody(response: IncomingMessage, bytesMax: number): Promise<{ body: string; cut: boolean }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    chunks.push(Buffer.from(chunk));
    bytes += chunk.length;
    if (bytes > bytesMax) break;
  }
  return { body: Buffer.concat(chunks).subarray(0, bytesMax).toString('utf8'), cut: bytes > bytesMax };
}

function certificateEnd({ socket }: IncomingMessage): number | undefined {
  const endsAtMs = socket instanceof TLSSocket ? Date.parse(socket.getPeerCertificate().valid_to) : Number.NaN;
  return Number.isNaN(endsAtMs) ? undefined : endsAtMs;
}

async function toAnswer(response: IncomingMessage, question: Question, redirects: number, startedMs: number): Promise<Answer> {
  response.on('error', () => {});
  const certificateEndsAtMs = certificateEnd(response);
  const { body, cut } = question.headersOnly ? { body: '', cut: false } : await readBody(response, question.bodyBytesMax ?? BODY_BYTES_MAX);
  response.destroy();
  const headers = Object.entries(response.headersDistinct).map(([name, values]) => [name, (values ?? []).join(', ')]);
  return {
    status: response.statusCode ?? 0,
    headers: Object.fromEntries(headers),
    body,
    cut,
    redirects,
    certificateEndsAtMs,
    tookMs: Math.round((performance.now() - startedMs) * 1000) / 1000,
  };
}

/** Where a redirect leads, or undefined where it leads nowhere that can be asked. */
function redirectTarget(response: IncomingMessage, from: URL): URL | undefined {
  const { location } = response.headers;
  if (location === undefined || !REDIRECTS.has(response.statusCode ?? 0)) return undefined;
  const to = URL.parse(location, from.href);
  return to?.protocol === 'http:' || to?.protocol === 'https:' ? to : undefined;
}

/** The question for the next hop: 303 becomes a GET, and another origin is told no credentials. */
function redirected(question: Question, status: number | undefined, from: URL, to: URL): Question {
  const headers =
    from.origin === to.origin
      ? question.headers
      : Object.fromEntries(Object.entries(question.headers).filter(([name]) => !CREDENTIALS.has(name.toLowerCase())));
  return status === 303 ? { ...question, headers, method: 'GET', body: undefined } : { ...question, headers };
}

/** A GET without redirects, whose body is wanted up to a limit. */
export function plainQuestion(url: string, headers: Question['headers'], bodyBytesMax: number, signal: AbortSignal): Question {
  return { url, method: 'GET', headers, body: undefined, followRedirects: false, headersOnly: false, bodyBytesMax, signal };
}

/** Asks, and follows redirects where wanted, with the same method and body (303 becomes a GET). */
export async function ask(question: Question): Promise<Answer | 'too-many-redirects'> {
  const startedMs = performance.now();
  let url = new URL(question.url);
  let current = question;
  for (let hops = 0; hops <= REDIRECTS_MAX; hops += 1) {
    const response = await send(url, current);
    const next = question.followRedirects ? redirectTarget(response, url) : undefined;
    if (!next) return toAnswer(response, current, hops, startedMs);
    response.on('error', () => {}).destroy();
    current = redirected(current, response.statusCode, url, next);
    url = next;
  }
  return 'too-many-redirects';
}
