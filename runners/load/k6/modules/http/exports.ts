/** What scripts import from `k6/http`, on whoever carries out the requests. */
import type { ScriptHost } from '../../host.ts';
import type { Selection } from '../html/selection.ts';
import { isPromise } from '../in-turn.ts';
import { type AskHost, readBatched, readRequest } from './asked.ts';
import type { Carrier } from './carrier.ts';
import { HTTP_CONSTANTS } from './constants.ts';
import type { CookieJar } from './cookie-jar.ts';
import { FILE_TYPE, FileData } from './multipart.ts';
import { NamedUrl } from './named-url.ts';
import { clickLink, submitForm } from './page.ts';
import { readExpected } from './params.ts';
import { type Answered, Response, type ResponseContext } from './response.ts';
import { ExpectedStatuses } from './statuses.ts';

/** Reads a page; `html.ts` has it. Handed in, because few scripts need the parser behind it. */
export type ParsePage = (html: string, url: string) => Selection;

/** A module of requests, for one virtual user. */
export interface HttpModule {
  readonly exports: ReturnType<typeof httpExports>;
  /** The cookies of the iteration. */
  jar(): CookieJar;
  /** Drops the cookies: k6 does so between iterations, unless `noCookiesReset` is set. */
  endIteration(): void;
}

export type HttpHost = AskHost & Pick<ScriptHost, 'decodeText'>;

export function httpOn(carrier: Carrier, host: HttpHost, parsePage: ParsePage | undefined): HttpModule {
  return {
    exports: httpExports(carrier, host, parsePage),
    jar: () => carrier.jar,
    endIteration: () => carrier.endIteration(),
  };
}

function httpExports(carrier: Carrier, host: HttpHost, parsePage: ParsePage | undefined) {
  const request = async (method: unknown, url: unknown, body?: unknown, params?: unknown): Promise<Response> =>
    respond(await carrier.request(readRequest(host, method, url, body, params)));
  const requestLater = (method: unknown, url: unknown, body?: unknown, params?: unknown): Response | PromiseLike<Response> => {
    const answered = carrier.requestLater(readRequest(host, method, url, body, params));
    return isPromise(answered) ? answered.then(respond) : respond(answered);
  };
  const context: ResponseContext = {
    host,
    parsePage: (html, url) => {
      if (parsePage) return parsePage(html, url);
      throw new Error(
        'html(), submitForm() and clickLink() need the HTML parser, which is loaded where a script calls them by these names',
      );
    },
    submitForm: (response, options) => submitForm(response, options, request),
    clickLink: (response, options) => clickLink(response, options, request),
  };
  const respond = (answered: Answered): Response => new Response(context, answered);
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
    /** A promise where the others block, also where they really do. */
    asyncRequest: (method: unknown, url: unknown, body?: unknown, params?: unknown) =>
      Promise.resolve().then(() => requestLater(method, url, body, params)),
    batch: async (requests: unknown): Promise<Response[] | Record<string, Response>> => {
      if (typeof requests !== 'object' || requests === null) throw new TypeError('http.batch takes a list or an object of requests');
      const entries: readonly (readonly [string, unknown])[] = Object.entries(requests);
      const answers = await carrier.together(entries.map(([key, each]) => readBatched(host, key, each)));
      const responses = answers.map(respond);
      return Array.isArray(requests)
        ? responses
        : Object.fromEntries(responses.map((response, index) => [entries[index]?.[0] ?? '', response]));
    },
    file: (data: string | ArrayBuffer | ArrayBufferView, filename?: string, contentType?: string) =>
      new FileData(data, filename ?? String(Date.now()), contentType ?? FILE_TYPE),
    url: (strings: readonly string[], ...values: readonly unknown[]) => new NamedUrl(strings, values),
    cookieJar: () => carrier.jar,
    expectedStatuses: (...statuses: readonly unknown[]) => new ExpectedStatuses(statuses),
    setResponseCallback: (callback: unknown) => carrier.expect(readExpected(callback) ?? null),
    CookieJar: carrier.Jar,
    FileData,
  };
}
