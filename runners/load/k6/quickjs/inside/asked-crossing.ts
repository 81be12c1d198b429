/**
 * Requests of a script as they cross: a line with the number of the first response and the numbers of what nobody has any
 * more, then three lines each: the method, the URL as JSON, and all else as JSON, where there is any. The bytes of all
 * bodies go beside it in one buffer, behind each other.
 */
import type { StatusRange } from '../../host.ts';
import type { AskedRequest } from '../../modules/http/asked.ts';
import type { SaidBody } from '../../modules/http/body.ts';
import type { CookieJar } from '../../modules/http/cookie-jar.ts';
import type { SaidParams } from '../../modules/http/params.ts';
import { ExpectedStatuses } from '../../modules/http/statuses.ts';

/** What is beside method and URL. A body of bytes is their length, a jar its number; what was not said is left out. */
interface CrossedMore {
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

const LINES_EACH = 3;
const NOTHING_MORE: Pick<AskedRequest, 'name' | 'body' | 'params'> = { name: undefined, body: undefined, params: undefined };

/** The first line. `gone` is empty where nothing is. */
export function headText(number: number, gone: string): string {
  return gone === '' ? String(number) : `${number} ${gone}`;
}

/** The lines of one request, each with its end before it. */
export function askedText(asked: AskedRequest, numberOf: (jar: CookieJar) => number): string {
  return `\n${asked.method}\n${JSON.stringify(asked.url)}\n${moreText(asked, numberOf)}`;
}

/** Undefined where the body is not of bytes. */
export function askedBytes({ body }: AskedRequest): Uint8Array | undefined {
  return body && 'content' in body && typeof body.content === 'object' ? body.content : undefined;
}

/** What crossed, with the bytes of all bodies. */
export function readAsked(
  text: string,
  bytes: Uint8Array,
  jarOf: (number: number) => CookieJar,
): { readonly number: number; readonly gone: readonly number[]; readonly asked: readonly AskedRequest[] } {
  let at = 0;
  const take = (length: number): Uint8Array => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  const lines = text.split('\n');
  const asked: AskedRequest[] = [];
  for (let line = 1; line < lines.length; line += LINES_EACH) {
    const [method = '', url = '', more = ''] = lines.slice(line, line + LINES_EACH);
    asked.push({ method, url: JSON.parse(url), ...readMore(more, take, jarOf) });
  }
  const [number, gone = ''] = (lines[0] ?? '').split(' ');
  return { number: Number(number), gone: readNumbers(gone), asked };
}

export function readNumbers(text: string): readonly number[] {
  return text === '' ? [] : text.split(',').map(Number);
}

export function statusesText(expected: ExpectedStatuses | null): string {
  const crossed: CrossedStatuses = expected;
  return JSON.stringify(crossed);
}

export function readStatuses(text: string): ExpectedStatuses | null {
  return statusesOf(JSON.parse(text));
}

function moreText({ name, body, params }: AskedRequest, numberOf: (jar: CookieJar) => number): string {
  if (name === undefined && body === undefined && params === undefined) return '';
  const jar = params?.jar && numberOf(params.jar);
  const more: CrossedMore = { name, body: body && crossingBody(body), params: params && { ...params, jar } };
  return JSON.stringify(more);
}

function readMore(text: string, take: (length: number) => Uint8Array, jarOf: (number: number) => CookieJar): typeof NOTHING_MORE {
  if (text === '') return NOTHING_MORE;
  const { name, body, params }: CrossedMore = JSON.parse(text);
  return { name, body: body && readBody(body, take), params: params && readParams(params, jarOf) };
}

function crossingBody(body: SaidBody): CrossedMore['body'] {
  if ('form' in body) return body;
  const { content, type } = body;
  return { content: typeof content === 'object' ? content.length : content, type };
}

function readBody(body: NonNullable<CrossedMore['body']>, take: (length: number) => Uint8Array): SaidBody {
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
