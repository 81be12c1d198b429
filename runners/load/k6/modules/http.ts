/** `k6/http`, for one virtual user. */
import type { HostExchange, ScriptHost } from '../host.ts';
import { type RequestBody, prepareBody } from './http/body.ts';
import { CookieJar } from './http/cookie-jar.ts';
import { HTTP_CONSTANTS } from './http/constants.ts';
import { type Call, Exchange, type ExchangeEnd } from './http/exchange.ts';
import { isToken } from './http/headers.ts';
import { FILE_TYPE, FileData } from './http/multipart.ts';
import { clickLink, submitForm } from './http/page.ts';
import { type RequestParams, readExpected, readParams } from './http/params.ts';
import { Response, type ResponseContext } from './http/response.ts';
import { SampleTags } from './http/samples.ts';
import { ExpectedStatuses, ORDINARY_STATUSES } from './http/statuses.ts';
import { parseUrl } from './http/url.ts';
import type { Selection } from './html/selection.ts';

/** What `http.url` makes: a URL, and the name that its samples get. */
export class NamedUrl {
  readonly url: string;
  readonly name: string;

  constructor(url: string, name: string) {
    this.url = url;
    this.name = name;
  }

  toString(): string {
    return this.url;
  }
}

/** A request of a script, as far as it could be made ready: where its URL is none there is nothing to send. */
type Prepared = { readonly exchange: Exchange; readonly call: Call } | { readonly refused: Response };

/** Reads a page; `html/selection.ts` has it. Not imported here, because few scripts need the parser behind it. */
export type ParsePage = (html: string, url: string) => Selection;

const INVALID_URL = 1020;
const NO_TIMINGS = { blocked: 0, looking_up: 0, connecting: 0, tls_handshaking: 0, sending: 0, waiting: 0, receiving: 0, duration: 0 } as const;

export type HttpModule = ReturnType<typeof createHttp>;

/** `endIteration` drops the virtual user's cookies, as k6 does between iterations unless `noCookiesReset` is set. */
export function createHttp(host: ScriptHost, parsePage?: ParsePage) {
  let jar = new CookieJar();
  let expected: ExpectedStatuses | null = ORDINARY_STATUSES;
  const samples = new SampleTags();
  const context: ResponseContext = {
    host,
    parsePage: (html, url) => {
      if (parsePage) return parsePage(html, url);
      throw new Error('html(), submitForm() and clickLink() need the HTML parser, which is loaded where a script calls them by these names');
    },
    submitForm: (response, options) => submitForm(response, options, request),
    clickLink: (response, options) => clickLink(response, options, request),
  };

  function prepare(method: unknown, target: unknown, body: unknown, given: unknown): Prepared {
    const verb = String(method).toUpperCase();
    if (!isToken(verb)) throw new TypeError(`'${method}' is not a method that HTTP can carry; use GET, POST, …`);
    const params = readParams(given, { settings: host.http, jar, expected });
    const text = String(target instanceof NamedUrl ? target.url : target);
    const { name, ...tags } = params.tags ?? {};
    const named = name ?? (target instanceof NamedUrl ? target.name : undefined);
    const url = parseUrl(text);
    const prepared: RequestBody = prepareBody(host, body);
    if (!url) return { refused: refuse(verb, text, params) };
    const call = { method: verb, url, name: named, tags: Object.keys(tags).length > 0 ? tags : undefined, body: prepared, params };
    return { exchange: new Exchange(host, call, samples), call };
  }

  function refuse(method: string, url: string, { throws, responseType }: RequestParams): Response {
    const error = `'${url}' is not a URL that a request can be sent to; write it like http://127.0.0.1:8080/path`;
    if (throws) throw new Error(error);
    host.log('warn', `${method}: ${error}`);
    const answer = { status: 0, statusText: '', protocol: '', headers: [], body: undefined, error, errorCode: INVALID_URL, remoteIp: '', remotePort: 0 };
    const nothing = { tlsVersion: '', tlsCipherSuite: '', timings: NO_TIMINGS, sentBytes: 0, receivedBytes: 0 };
    const sent = { method, url, headers: [], body: undefined, cookies: [] };
    return new Response(context, { sent, answer: { ...answer, ...nothing }, errorCode: INVALID_URL }, responseType);
  }

  function respond(prepared: Prepared): Response {
    if ('refused' in prepared) return prepared.refused;
    const { exchange, call } = prepared;
    const end: ExchangeEnd | undefined = exchange.end;
    if (!end) throw new Error(`${call.method} came to no end`);
    const { error } = end.answer;
    if (error !== '' && call.params.throws) throw new Error(`${end.sent.method} ${end.sent.url}: ${error}`);
    if (error !== '') host.log('warn', `${end.sent.method} ${call.name ?? end.sent.url}: ${error}`);
    return new Response(context, end, call.params.responseType);
  }

  async function request(method: unknown, url: unknown, body?: unknown, params?: unknown): Promise<Response> {
    const prepared = prepare(method, url, body, params);
    if ('exchange' in prepared) await carryOut(host, prepared.exchange);
    return respond(prepared);
  }

  async function batch(requests: unknown): Promise<Response[] | Record<string, Response>> {
    if (typeof requests !== 'object' || requests === null) throw new TypeError('http.batch takes a list or an object of requests');
    const entries: readonly (readonly [string, unknown])[] = Object.entries(requests);
    const prepared = entries.map(([key, each]) => prepareBatched(key, each));
    await host.together(prepared.flatMap((each) => ('exchange' in each ? [each.exchange] : [])));
    const responses = prepared.map(respond);
    if (Array.isArray(requests)) return responses;
    return Object.fromEntries(entries.flatMap(([key], index) => (responses[index] ? [[key, responses[index]]] : [])));
  }

  /** A URL, `[method, url, body, params]`, or an object of these. */
  function prepareBatched(key: string, each: unknown): Prepared {
    if (typeof each === 'string' || each instanceof NamedUrl) return prepare('GET', each, undefined, undefined);
    if (Array.isArray(each)) {
      const [method, url, body, params]: readonly unknown[] = each;
      if (each.length >= 2) return prepare(method, url, body, params);
    } else if (typeof each === 'object' && each !== null && 'url' in each) {
      const { method, url, body, params }: { method?: unknown; url: unknown; body?: unknown; params?: unknown } = each;
      return prepare(method ?? 'GET', url, body, params);
    }
    throw new TypeError(`http.batch: request '${key}' is neither a URL, nor [method, url, body, params], nor {method, url, body, params}`);
  }

  return {
    ...HTTP_CONSTANTS,
    get: (url: unknown, params?: unknown) => request('GET', url, undefined, params),
    head: (url: unknown, params?: unknown) => request('HEAD', url, undefined, params),
    post: (url: unknown, body?: unknown, params?: unknown) => request('POST', url, body, params),
    put: (url: unknown, body?: unknown, params?: unknown) => request('PUT', url, body, params),
    patch: (url: unknown, body?: unknown, params?: unknown) => request('PATCH', url, body, params),
    del: (url: unknown, body?: unknown, params?: unknown) => request('DELETE', url, body, params),
    options: (url: unknown, body?: unknown, params?: unknown) => request('OPTIONS', url, body, params),
    query: (url: unknown, body?: unknown, params?: unknown) => request('QUERY', url, body, params),
    request,
    asyncRequest: (method: unknown, url: unknown, body?: unknown, params?: unknown) =>
      Promise.resolve().then(() => request(method, url, body, params)),
    batch,
    file: (data: string | ArrayBuffer | ArrayBufferView, filename?: string, contentType?: string) =>
      new FileData(data, filename ?? String(Date.now()), contentType ?? FILE_TYPE),
    url: (strings: readonly string[], ...values: readonly unknown[]) =>
      new NamedUrl(strings.reduce((text, piece, index) => `${text}${values[index - 1]}${piece}`), strings.join('${}')),
    cookieJar: () => jar,
    expectedStatuses: (...statuses: readonly unknown[]) => new ExpectedStatuses(statuses),
    setResponseCallback: (callback: unknown) => {
      expected = readExpected(callback ?? null, null);
    },
    CookieJar,
    FileData,
    endIteration: () => {
      jar = new CookieJar();
    },
  };
}

/** One request after the other. */
async function carryOut(host: Pick<ScriptHost, 'request'>, exchange: HostExchange): Promise<void> {
  for (let request = exchange.next(); request; request = exchange.next()) exchange.accept(await host.request(request));
}
