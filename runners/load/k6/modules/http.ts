/** `k6/http`, for one virtual user. */
import type { ScriptHost } from '../host.ts';
import { HTTP_CONSTANTS } from './http/constants.ts';
import { CookieJar } from './http/cookie-jar.ts';
import { FILE_TYPE, FileData } from './http/multipart.ts';
import { NamedUrl } from './http/named-url.ts';
import { type ParsePage, Requester } from './http/requester.ts';
import { ExpectedStatuses } from './http/statuses.ts';

/** A script that names one of these needs `parsePage`. */
const PAGE_CALLS = /\b(?:html|parseHTML|submitForm|clickLink)\b/;

export function needsPages(source: string): boolean {
  return PAGE_CALLS.test(source);
}

/** `exports` is what scripts import. `endIteration` drops the cookies: k6 does so between iterations, unless `noCookiesReset` is set. */
export function httpModule(host: ScriptHost, parsePage?: ParsePage) {
  const requester = new Requester(host, parsePage);
  const request = (method: unknown, url: unknown, body?: unknown, params?: unknown) => requester.request(method, url, body, params);
  const exports = {
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
      Promise.resolve().then(() => requester.requestLater(method, url, body, params)),
    batch: (requests: unknown) => requester.batch(requests),
    file: (data: string | ArrayBuffer | ArrayBufferView, filename?: string, contentType?: string) =>
      new FileData(data, filename ?? String(Date.now()), contentType ?? FILE_TYPE),
    url: (strings: readonly string[], ...values: readonly unknown[]) => new NamedUrl(strings, values),
    cookieJar: () => requester.jar,
    expectedStatuses: (...statuses: readonly unknown[]) => new ExpectedStatuses(statuses),
    setResponseCallback: (callback: unknown) => requester.expect(callback),
    CookieJar,
    FileData,
  };
  return {
    exports,
    /** The cookies of the iteration. */
    jar: () => requester.jar,
    endIteration: () => {
      requester.jar = new CookieJar();
    },
  };
}
