/** Requests of a script as they cross: JSON, and the bytes of all bodies in one buffer behind each other. */
import type { StatusRange } from '../../host.ts';
import type { AskedRequest } from '../../modules/http/asked.ts';
import type { SaidBody } from '../../modules/http/body.ts';
import type { CookieJar } from '../../modules/http/cookie-jar.ts';
import type { SaidParams } from '../../modules/http/params.ts';
import { ExpectedStatuses } from '../../modules/http/statuses.ts';
import { joined } from './packing.ts';

/** The number of the first request's response, those of what nobody has any more, and the requests. */
type Crossed = readonly [number: number, gone: readonly number[], asked: readonly CrossedRequest[]];

/** A body of bytes is their length, a jar its number; what was not said is left out. */
interface CrossedRequest {
  readonly method: string;
  readonly url: string;
  readonly name?: string | undefined;
  readonly body?: Exclude<SaidBody, { readonly content: unknown }> | CrossedContent | undefined;
  readonly params?: CrossedParams | undefined;
}

interface CrossedContent {
  readonly content: string | number | undefined;
  readonly type?: string | undefined;
}

type CrossedParams = Omit<SaidParams, 'jar' | 'expected'> & {
  readonly jar?: number | undefined;
  readonly expected?: CrossedStatuses | undefined;
};

type CrossedStatuses = { readonly ranges: readonly StatusRange[] } | null;

export function askedText(
  number: number,
  gone: readonly number[],
  asked: readonly AskedRequest[],
  numberOf: (jar: CookieJar) => number,
): string {
  const crossed: Crossed = [number, gone, asked.map((each) => crossing(each, numberOf))];
  return JSON.stringify(crossed);
}

/** Undefined where no body is of bytes. */
export function askedBytes(asked: readonly AskedRequest[]): ArrayBuffer | undefined {
  const bodies = asked.flatMap(({ body }) => (body && 'content' in body && typeof body.content === 'object' ? [body.content] : []));
  return bodies.length === 0 ? undefined : joined(bodies);
}

/** What `askedText` and `askedBytes` were made of. */
export function readAsked(
  text: string,
  bytes: Uint8Array,
  jarOf: (number: number) => CookieJar,
): { readonly number: number; readonly gone: readonly number[]; readonly asked: readonly AskedRequest[] } {
  let at = 0;
  const [number, gone, crossed]: Crossed = JSON.parse(text);
  const take = (length: number): Uint8Array => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  const asked = crossed.map(({ method, url, name, body, params }) => ({
    method,
    url,
    name,
    body: body && readBody(body, take),
    params: params && readParams(params, jarOf),
  }));
  return { number, gone, asked };
}

export function statusesText(expected: ExpectedStatuses | null): string {
  const crossed: CrossedStatuses = expected;
  return JSON.stringify(crossed);
}

export function readStatuses(text: string): ExpectedStatuses | null {
  return statusesOf(JSON.parse(text));
}

function crossing(asked: AskedRequest, numberOf: (jar: CookieJar) => number): CrossedRequest {
  const { method, url, name, body, params } = asked;
  if (body === undefined && params === undefined) return { method, url, name };
  const jar = params?.jar && numberOf(params.jar);
  return { method, url, name, body: body && crossingBody(body), params: params && { ...params, jar } };
}

function crossingBody(body: SaidBody): CrossedRequest['body'] {
  if ('form' in body) return body;
  const { content, type } = body;
  return { content: typeof content === 'object' ? content.length : content, type };
}

function readBody(body: NonNullable<CrossedRequest['body']>, take: (length: number) => Uint8Array): SaidBody {
  if ('form' in body) return body;
  const { content, type } = body;
  return { content: typeof content === 'number' ? take(content) : content, type };
}

function readParams({ jar, expected, ...said }: CrossedParams, jarOf: (number: number) => CookieJar): SaidParams {
  return { ...said, jar: jar === undefined ? undefined : jarOf(jar), expected: expected && statusesOf(expected) };
}

function statusesOf(crossed: CrossedStatuses): ExpectedStatuses | null {
  return crossed && new ExpectedStatuses(crossed.ranges.map(([min, max]) => ({ min, max })));
}
