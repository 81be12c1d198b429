/** What a request came to, out of the exchange that it was. */
import type { HostTimings, ScriptHost } from '../../host.ts';
import { cookiesSetBy } from './cookie.ts';
import type { ExchangeEnd, SentRequest } from './exchange.ts';
import { headersAsLists, headersAsObject } from './headers.ts';
import type { ResponseType } from './params.ts';
import type { Answered, ResponseCookie, ResponseFacts, ResponseRequest } from './response.ts';

function factsOf({ answer, sent, errorCode }: ExchangeEnd): ResponseFacts {
  return {
    status: answer.status,
    status_text: answer.statusText,
    url: sent.url,
    error: answer.error,
    error_code: errorCode,
    proto: answer.protocol,
    remote_ip: answer.remoteIp,
    remote_port: answer.remotePort,
    tls_version: answer.tlsVersion,
    tls_cipher_suite: answer.tlsCipherSuite,
  };
}

export class AnsweredExchange implements Answered {
  readonly facts: ResponseFacts;
  readonly #host: Pick<ScriptHost, 'decodeText'>;
  readonly #end: ExchangeEnd;
  readonly #type: ResponseType;

  constructor(host: Pick<ScriptHost, 'decodeText'>, end: ExchangeEnd, type: ResponseType) {
    this.facts = factsOf(end);
    this.#host = host;
    this.#end = end;
    this.#type = type;
  }

  timings(): HostTimings {
    return this.#end.answer.timings;
  }

  body(): string | ArrayBuffer | null {
    const { body, status } = this.#end.answer;
    if (this.#type === 'none' || status === 0) return null;
    if (this.#type === 'text') return body === undefined ? '' : this.#host.decodeText(body);
    const copy = new Uint8Array(body?.length ?? 0);
    if (body) copy.set(body);
    return copy.buffer;
  }

  headers(): Record<string, string> {
    return headersAsObject(this.#end.answer.headers);
  }

  cookies(): Record<string, ResponseCookie[]> {
    const lists = new Map<string, ResponseCookie[]>();
    for (const { name, value, domain, path, httpOnly, secure, maxAge = 0, expiresMs = 0 } of cookiesSetBy(this.#end.answer.headers)) {
      const cookie = { name, value, domain, path, httpOnly, http_only: httpOnly, secure, maxAge, max_age: maxAge, expires: expiresMs };
      lists.set(name, [...(lists.get(name) ?? []), cookie]);
    }
    return Object.fromEntries(lists);
  }

  request(): ResponseRequest {
    const { method, url, body, headers, cookies } = this.#end.sent;
    return { method, url, body: this.#textOf(body), headers: headersAsLists(headers), cookies: cookieLists(cookies) };
  }

  #textOf(body: SentRequest['body']): string {
    return typeof body === 'object' ? this.#host.decodeText(body) : (body ?? '');
  }
}

function cookieLists(cookies: SentRequest['cookies']): ResponseRequest['cookies'] {
  const lists = new Map<string, { name: string; value: string; replace: boolean }[]>();
  for (const cookie of cookies) lists.set(cookie.name, [...(lists.get(cookie.name) ?? []), { ...cookie }]);
  return Object.fromEntries(lists);
}
