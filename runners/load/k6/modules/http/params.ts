/** The `params` of a request: what a script said is read and checked once, what it did not say is filled in from the test's options. */
import type { BodyEncoding, HttpSettings, Tags } from '../../host.ts';
import { k6DurationMs } from '../duration.ts';
import { tagsOf } from '../tags.ts';
import { encodingsOf } from './body.ts';
import { CookieJar } from './cookie-jar.ts';
import { type HeaderPairs, isToken } from './headers.ts';
import { ExpectedStatuses } from './statuses.ts';

export type ResponseType = 'text' | 'binary' | 'none';

/** A cookie for one request; `replace` where it takes the place of the jar's. */
export interface RequestCookie {
  readonly name: string;
  readonly value: string;
  readonly replace: boolean;
}

/** What a script said, checked; what it did not say is undefined. Nothing of the script's own is in it, so that it can cross into another realm. */
export interface SaidParams {
  readonly headers?: HeaderPairs | undefined;
  readonly cookies?: readonly RequestCookie[] | undefined;
  readonly jar?: CookieJar | undefined;
  readonly tags?: Tags | undefined;
  readonly redirects?: number | undefined;
  /** The script said how many redirects to follow, and so needs no warning where it ends there. */
  readonly redirectsSaid?: boolean | undefined;
  readonly timeoutMs?: number | undefined;
  readonly digest?: boolean | undefined;
  readonly compression?: readonly BodyEncoding[] | undefined;
  readonly responseType?: ResponseType | undefined;
  /** Null where no answer is expected or not: no `http_req_failed`. */
  readonly expected?: ExpectedStatuses | null | undefined;
  readonly throws?: boolean | undefined;
}

/** What holds for a request: all of it is known. */
export interface RequestParams extends SaidParams {
  readonly headers: HeaderPairs;
  readonly cookies: readonly RequestCookie[];
  readonly jar: CookieJar;
  readonly redirects: number;
  readonly redirectsSaid: boolean;
  readonly timeoutMs: number;
  readonly digest: boolean;
  readonly compression: readonly BodyEncoding[];
  readonly responseType: ResponseType;
  readonly expected: ExpectedStatuses | null;
  readonly throws: boolean;
}

/** What holds for requests that say nothing else. */
export interface RequestDefaults {
  readonly settings: HttpSettings;
  readonly jar: CookieJar;
  readonly expected: ExpectedStatuses | null;
}

export const TIMEOUT_MS = 60_000;
const NONE: readonly never[] = [];
const RESPONSE_TYPES: readonly string[] = ['text', 'binary', 'none'] satisfies ResponseType[];

/** Undefined where nothing was said. Throws TypeError with the parameter's name where one is not what it should be. */
export function readParams(given: unknown): SaidParams | undefined {
  if (given === null || given === undefined) return undefined;
  if (!isObject(given)) throw new TypeError(`a request's params are an object, not a ${typeof given}`);
  const { headers, cookies, jar, tags, redirects, timeout, auth, compression, responseType, responseCallback, throw: throws } = given;
  const said: { -readonly [Name in keyof SaidParams]: SaidParams[Name] } = {};
  if (isObject(headers)) said.headers = readHeaders(headers);
  if (isObject(cookies)) said.cookies = readCookies(cookies);
  if (isObject(jar) && jar instanceof CookieJar) said.jar = jar;
  if (isObject(tags)) said.tags = tagsOf(tags);
  if (redirects !== undefined) {
    said.redirects = readRedirects(redirects);
    said.redirectsSaid = true;
  }
  if (timeout !== undefined) said.timeoutMs = readTimeout(timeout);
  if (auth !== undefined) said.digest = readAuth(auth) === 'digest';
  if (compression !== undefined) said.compression = encodingsOf(compression);
  if (responseType !== undefined) said.responseType = readResponseType(responseType);
  if (responseCallback !== undefined) said.expected = readExpected(responseCallback);
  if (typeof throws === 'boolean') said.throws = throws;
  return said;
}

export function requestParams(said: SaidParams, { settings, jar, expected }: RequestDefaults): RequestParams {
  return {
    headers: said.headers ?? NONE,
    cookies: said.cookies ?? NONE,
    jar: said.jar ?? jar,
    tags: said.tags,
    redirects: said.redirects ?? settings.maxRedirects,
    redirectsSaid: said.redirectsSaid ?? false,
    timeoutMs: said.timeoutMs ?? TIMEOUT_MS,
    digest: said.digest ?? false,
    compression: said.compression ?? NONE,
    responseType: said.responseType ?? (settings.discardResponseBodies ? 'none' : 'text'),
    expected: said.expected === undefined ? expected : said.expected,
    throws: said.throws ?? settings.throws,
  };
}

/** Throws TypeError where one is none that HTTP can carry. */
export function readHeaders(headers: Readonly<Record<string, unknown>>): HeaderPairs {
  return Object.keys(headers).map((name) => {
    if (!isToken(name)) throw new TypeError(`'${name}' is not a header that HTTP can carry: use letters, digits and - in its name`);
    const text = String(headers[name]);
    if (text.includes('\r') || text.includes('\n') || text.includes('\0'))
      throw new TypeError(`the header '${name}' holds a line break, which HTTP cannot carry`);
    return [name, text];
  });
}

function readCookies(cookies: Readonly<Record<string, unknown>>): RequestCookie[] {
  return Object.entries(cookies).map(([name, value]) => {
    if (!isToken(name)) throw new TypeError(`'${name}' is no name for a cookie: use letters, digits and - or _`);
    return isObject(value)
      ? { name, value: String(value['value'] ?? ''), replace: value['replace'] === true }
      : { name, value: String(value), replace: false };
  });
}

function readRedirects(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  const count = Number(value);
  if (!Number.isInteger(count) || count < 0) throw new TypeError(`redirects '${value}' is no count of redirects, such as 0 or 10`);
  return count;
}

function readTimeout(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  const ms = k6DurationMs(value);
  if (ms === undefined) throw new TypeError(`timeout '${value}' is no duration, such as '30s', '1m30s' or 500 (ms)`);
  return ms;
}

function readAuth(value: unknown): string {
  const auth = value === undefined || value === null ? '' : String(value).toLowerCase();
  if (auth === 'ntlm') throw new TypeError("auth 'ntlm' is not supported; use 'basic' or 'digest', or send an Authorization header");
  if (auth !== '' && auth !== 'basic' && auth !== 'digest') throw new TypeError(`auth '${value}' is not known; use 'basic' or 'digest'`);
  return auth;
}

function readResponseType(value: unknown): ResponseType | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isResponseType(value)) throw new TypeError(`responseType '${value}' is not known; use ${RESPONSE_TYPES.join(', ')}`);
  return value;
}

/** A script's answer to which statuses it expects; undefined where it has none. Throws TypeError where it is neither from `expectedStatuses` nor null. */
export function readExpected(value: unknown): ExpectedStatuses | null | undefined {
  if (value === undefined || value === null || value instanceof ExpectedStatuses) return value;
  throw new TypeError('a response callback is what http.expectedStatuses() gives, or null');
}

function isResponseType(value: unknown): value is ResponseType {
  return typeof value === 'string' && RESPONSE_TYPES.includes(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
