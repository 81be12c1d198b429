/**
 * One call of a script as the requests that it takes: the first, then redirects, by Go's rules, hence k6's, and the
 * answer to a digest challenge. Each of them is counted; the last one's answer is the response.
 */
import type { HostAnswer, HostExchange, HostRequest, ScriptHost, StatusRange, Tags } from '../../host.ts';
import { base64Text, utf8Bytes } from '../bytes.ts';
import { compressed, type RequestBody } from './body.ts';
import { cookiesSetBy } from './cookie.ts';
import { answerDigest } from './digest.ts';
import { type HeaderPairs, headerOf } from './headers.ts';
import type { RequestParams } from './params.ts';
import { errorCodeOf, type SampleTags } from './samples.ts';
import { credentialsOf, type HttpUrl, resolveUrl, urlText } from './url.ts';

/** A call, checked and made ready. */
export interface Call {
  readonly method: string;
  readonly url: HttpUrl;
  /** What samples call it; undefined: its URL. */
  readonly name: string | undefined;
  readonly tags: Tags | undefined;
  readonly body: RequestBody;
  readonly params: RequestParams;
}

/** What was asked for last, for `response.request`. */
export interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: HeaderPairs;
  readonly body: string | Uint8Array | undefined;
  readonly cookies: readonly { readonly name: string; readonly value: string; readonly replace: boolean }[];
}

export interface ExchangeEnd {
  readonly sent: SentRequest;
  readonly answer: HostAnswer;
  /** See errorCodeOf. */
  readonly errorCode: number;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const KEEPS_METHOD: ReadonlySet<number> = new Set([307, 308]);
/** What is for one host is not told to another. */
const PRIVATE_HEADERS: ReadonlySet<string> = new Set(['authorization', 'cookie', 'cookie2', 'www-authenticate', 'proxy-authorization']);
const NOT_IN_COOKIES = /[^\x20-\x7e]|[";\\]/;
const NOT_IN_COOKIES_ALL = /[^\x20-\x7e]|[";\\]/g;
const BODY_HEADER = /^content-/i;
const UNAUTHORIZED = 401;
const CHALLENGE: StatusRange = [UNAUTHORIZED, UNAUTHORIZED];

export class Exchange implements HostExchange {
  readonly #host: ScriptHost;
  readonly #call: Call;
  readonly #samples: SampleTags;
  readonly #untilMs: number;
  #method: string;
  #url: HttpUrl;
  #headers: HeaderPairs;
  #content: string | Uint8Array | undefined;
  #followed = 0;
  /** The answer to a challenge of this URL, once there was one. */
  #authorization: string | undefined;
  #sent: SentRequest | undefined;
  #end: ExchangeEnd | undefined;

  constructor(host: ScriptHost, call: Call, samples: SampleTags) {
    const { params, body } = call;
    this.#host = host;
    this.#call = call;
    this.#samples = samples;
    this.#untilMs = host.facts.testMs + params.timeoutMs;
    this.#method = call.method;
    this.#url = call.url;
    const packed = body.content !== undefined && params.compression.length > 0;
    this.#content = packed ? compressed(host, body.content, params.compression) : body.content;
    const packing: HeaderPairs = packed ? [['Content-Encoding', params.compression.join(', ')]] : [];
    const given = packed ? params.headers.filter(([name]) => name.toLowerCase() !== 'content-encoding') : params.headers;
    this.#headers = withOurs([...given, ...packing], body.type, host.http.userAgent);
  }

  /** Undefined until it is over. */
  get end(): ExchangeEnd | undefined {
    return this.#end;
  }

  next(): HostRequest | undefined {
    if (this.#end) return undefined;
    const { params, name, tags } = this.#call;
    const cookies = this.#cookies();
    const headers = [...withCookies(this.#headers, cookies), ...this.#authorizationHeader()];
    const url = urlText(this.#url);
    this.#sent = { method: this.#method, url, headers, body: this.#content, cookies };
    return {
      method: this.#method,
      url,
      headers,
      body: this.#content,
      timeoutMs: Math.max(0, this.#untilMs - this.#host.facts.testMs),
      keepBody: params.responseType !== 'none' && this.#method !== 'HEAD',
      tags: this.#samples.beforehand({ method: this.#method, url, name, tags }, this.#host.http),
      expected: this.#expected(),
    };
  }

  /** The challenge that a digest is made from is what was wanted. */
  #expected(): readonly StatusRange[] | undefined {
    const { expected, digest } = this.#call.params;
    const awaitsChallenge = digest && this.#authorization === undefined && credentialsOf(this.#url) !== undefined;
    return expected && awaitsChallenge ? [...expected.ranges, CHALLENGE] : expected?.ranges;
  }

  accept(answer: HostAnswer): void {
    const sent = this.#sent;
    if (!sent) return;
    const errorCode = errorCodeOf(answer);
    const challenged = this.#challenge(answer, sent);
    this.#record(answer, sent, errorCode, challenged !== undefined);
    for (const cookie of cookiesSetBy(answer.headers)) this.#call.params.jar.keep(this.#url, cookie);
    if (challenged !== undefined) this.#authorization = challenged;
    else if (!this.#redirect(answer)) this.#end = { sent, answer, errorCode };
  }

  /** The Authorization that this answer asks for, the first time it does. */
  #challenge(answer: HostAnswer, sent: SentRequest): string | undefined {
    if (!this.#call.params.digest || this.#authorization !== undefined || answer.status !== UNAUTHORIZED) return undefined;
    const credentials = credentialsOf(this.#url);
    const challenge = answer.headers.filter(([name]) => name.toLowerCase() === 'www-authenticate').map(([, value]) => value);
    if (!credentials) return undefined;
    const { method, body = '' } = sent;
    return answerDigest(this.#host, challenge.join(', '), { method, target: this.#url.path + this.#url.query, body, ...credentials });
  }

  #record(answer: HostAnswer, { method, url }: SentRequest, errorCode: number, challenged: boolean): void {
    const { params, name, tags } = this.#call;
    const expected = params.expected === null ? undefined : challenged || params.expected.includes(answer.status);
    const tagged = this.#samples.of({ method, url, name, tags, expected, errorCode }, answer, this.#host.http);
    this.#host.requested(tagged, answer.timings, expected === undefined ? undefined : !expected);
  }

  /** Whether another request follows. */
  #redirect(answer: HostAnswer): boolean {
    const location = REDIRECTS.has(answer.status) ? headerOf(answer.headers, 'location') : undefined;
    const target = location === undefined || location === '' ? undefined : resolveUrl(this.#url, location);
    if (!target) return false;
    const { redirects, redirectsSaid } = this.#call.params;
    if (this.#followed >= redirects) {
      if (!redirectsSaid && redirects > 0)
        this.#host.log(
          'warn',
          `${this.#method} ${urlText(this.#url)}: gave up after ${redirects} redirects; params {redirects: n} or the option maxRedirects allows more`,
        );
      return false;
    }
    this.#followed += 1;
    const from = this.#url;
    const keeps = KEEPS_METHOD.has(answer.status);
    if (!keeps && this.#method !== 'HEAD') this.#method = 'GET';
    if (!keeps) this.#content = undefined;
    this.#headers = redirectHeaders(this.#headers, from, target, keeps);
    this.#url = target;
    this.#authorization = undefined;
    return true;
  }

  /** Of the jar, then of the script; one that replaces takes the place of all of its name. */
  #cookies(): SentRequest['cookies'] {
    const { jar, cookies } = this.#call.params;
    const kept = jar.sentTo(this.#url).map(([name, value]) => ({ name, value, replace: false }));
    if (cookies.length === 0) return kept;
    const replaced = new Set(cookies.filter(({ replace }) => replace).map(({ name }) => name));
    return [...kept.filter(({ name }) => !replaced.has(name)), ...cookies];
  }

  #authorizationHeader(): HeaderPairs {
    if (this.#authorization !== undefined) return [['Authorization', this.#authorization]];
    const credentials = this.#call.params.digest ? undefined : credentialsOf(this.#url);
    if (!credentials || headerOf(this.#headers, 'authorization') !== undefined) return [];
    const { name, password } = credentials;
    return [['Authorization', `Basic ${base64Text(utf8Bytes(`${name}:${password}`), 'std')}`]];
  }
}

function withOurs(given: HeaderPairs, type: string | undefined, userAgent: string): HeaderPairs {
  const has = (name: string) => headerOf(given, name) !== undefined;
  const agent: HeaderPairs = userAgent === '' || has('user-agent') ? [] : [['User-Agent', userAgent]];
  const content: HeaderPairs = type === undefined || has('content-type') ? [] : [['Content-Type', type]];
  return agent.length + content.length === 0 ? given : [...agent, ...given, ...content];
}

/** One Cookie header: what the script wrote itself, then the others. */
function withCookies(headers: HeaderPairs, cookies: SentRequest['cookies']): HeaderPairs {
  if (cookies.length === 0) return headers;
  const written = headers.flatMap(([name, value]) => (name.toLowerCase() === 'cookie' ? [value] : []));
  const pairs = cookies.map(({ name, value }) => `${name}=${cookieText(value)}`);
  return [...headers.filter(([name]) => name.toLowerCase() !== 'cookie'), ['Cookie', [...written, ...pairs].join('; ')]];
}

/** What a cookie cannot hold is left out, and what needs quotes is given them, as Go does. */
function cookieText(value: string): string {
  const text = NOT_IN_COOKIES.test(value) ? value.replace(NOT_IN_COOKIES_ALL, '') : value;
  return /[ ,]/.test(text) ? `"${text}"` : text;
}

/** A Referer is added, save from https to http; what belongs to a body or to the former host alone goes. */
function redirectHeaders(headers: HeaderPairs, from: HttpUrl, to: HttpUrl, keepsBody: boolean): HeaderPairs {
  const sameHost = to.hostname === from.hostname || to.hostname.endsWith(`.${from.hostname}`);
  const kept = headers.filter(([name]) => {
    const lower = name.toLowerCase();
    if (lower === 'host') return to.host === from.host;
    return lower !== 'referer' && (sameHost || !PRIVATE_HEADERS.has(lower)) && (keepsBody || !BODY_HEADER.test(name));
  });
  return from.scheme === 'https' && to.scheme === 'http' ? kept : [...kept, ['Referer', urlText(from)]];
}
