/**
 * What a request came to, as scripts read it. What costs is made when it is first read; `toJSON` gives all of it, so
 * that a script which logs a response sees what k6 would show.
 */
import type { HostTimings, ScriptHost } from '../../host.ts';
import type { Selection } from '../html/selection.ts';
import { cookiesSetBy } from './cookie.ts';
import type { ExchangeEnd, SentRequest } from './exchange.ts';
import { headersAsLists, headersAsObject } from './headers.ts';
import { selectJson } from './json-select.ts';
import type { ResponseType } from './params.ts';

/** A cookie that the answer set; k6 documents names in camel case and has them with underscores as well. */
export interface ResponseCookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  readonly path: string;
  readonly httpOnly: boolean;
  readonly http_only: boolean;
  readonly secure: boolean;
  /** Seconds; 0 where it was not said. */
  readonly maxAge: number;
  readonly max_age: number;
  /** ms since 1970; 0 where it was not said. */
  readonly expires: number;
}

/** What was asked for last. */
export interface ResponseRequest {
  readonly method: string;
  readonly url: string;
  readonly body: string;
  readonly headers: Record<string, string[]>;
  readonly cookies: Record<string, { name: string; value: string; replace: boolean }[]>;
}

/** What a response needs of the module that made it. */
export interface ResponseContext {
  readonly host: Pick<ScriptHost, 'decodeText'>;
  /** Parses a page; throws where the module for it is not loaded. */
  readonly parsePage: (html: string, url: string) => Selection;
  readonly submitForm: (response: Response, options: unknown) => Promise<Response>;
  readonly clickLink: (response: Response, options: unknown) => Promise<Response>;
}

/** Stapled OCSP answers are not read. */
const NO_OCSP = { produced_at: 0, this_update: 0, next_update: 0, revocation_reason: '', revoked_at: 0, status: 'unknown' } as const;

export class Response {
  readonly status: number;
  readonly status_text: string;
  /** Of the request that was not redirected any further. */
  readonly url: string;
  readonly error: string;
  readonly error_code: number;
  readonly proto: string;
  readonly remote_ip: string;
  readonly remote_port: number;
  readonly tls_version: string;
  readonly tls_cipher_suite: string;
  readonly timings: HostTimings;
  readonly ocsp: typeof NO_OCSP = NO_OCSP;
  readonly #context: ResponseContext;
  readonly #end: ExchangeEnd;
  readonly #type: ResponseType;
  #body: string | ArrayBuffer | null | undefined;
  #headers: Record<string, string> | undefined;
  #cookies: Record<string, ResponseCookie[]> | undefined;
  #request: ResponseRequest | undefined;
  #json: { readonly value: unknown } | undefined;

  constructor(context: ResponseContext, end: ExchangeEnd, type: ResponseType) {
    const { answer, sent, errorCode } = end;
    this.#context = context;
    this.#end = end;
    this.#type = type;
    this.status = answer.status;
    this.status_text = answer.statusText;
    this.url = sent.url;
    this.error = answer.error;
    this.error_code = errorCode;
    this.proto = answer.protocol;
    this.remote_ip = answer.remoteIp;
    this.remote_port = answer.remotePort;
    this.tls_version = answer.tlsVersion;
    this.tls_cipher_suite = answer.tlsCipherSuite;
    this.timings = answer.timings;
  }

  /** Null where it was not wanted, or nothing answered. */
  get body(): string | ArrayBuffer | null {
    this.#body ??= this.#readBody();
    return this.#body;
  }

  get headers(): Record<string, string> {
    this.#headers ??= headersAsObject(this.#end.answer.headers);
    return this.#headers;
  }

  get cookies(): Record<string, ResponseCookie[]> {
    this.#cookies ??= readCookies(this.#end);
    return this.#cookies;
  }

  get request(): ResponseRequest {
    this.#request ??= readRequest(this.#end.sent, (bytes) => this.#context.host.decodeText(bytes));
    return this.#request;
  }

  /**
   * The body as JSON, or the part of it that a GJSON path names: undefined where there is none such. Throws where the
   * whole is asked for and is no JSON.
   */
  json(selector?: string): unknown {
    if (selector === undefined) return this.#parsed().value;
    try {
      this.#parsed();
    } catch {
      return undefined;
    }
    return selectJson(this.#json?.value, String(selector));
  }

  /** The body as a page, or what a CSS selector finds in it. */
  html(selector?: string): Selection {
    const page = this.#context.parsePage(this.#text('read it as HTML'), this.url);
    return selector === undefined ? page : page.find(selector);
  }

  submitForm(options?: unknown): Promise<Response> {
    return this.#context.submitForm(this, options);
  }

  clickLink(options?: unknown): Promise<Response> {
    return this.#context.clickLink(this, options);
  }

  toJSON(): object {
    const { body, headers, cookies, request } = this;
    return { ...this, body, headers, cookies, request };
  }

  #parsed(): { readonly value: unknown } {
    if (this.#json) return this.#json;
    const text = this.#text('read it as JSON');
    try {
      this.#json = { value: JSON.parse(text) };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`the body of ${this.#end.sent.method} ${this.url} (status ${this.status}) is not JSON: ${reason}`);
    }
    return this.#json;
  }

  #text(purpose: string): string {
    const { body } = this;
    if (typeof body === 'string') return body;
    if (body !== null) return this.#context.host.decodeText(new Uint8Array(body));
    throw new Error(
      `${this.#end.sent.method} ${this.url} has no body, so that nothing can ${purpose}: ${this.error || 'it was discarded (responseType, discardResponseBodies)'}`,
    );
  }

  #readBody(): string | ArrayBuffer | null {
    const { body, status } = this.#end.answer;
    if (this.#type === 'none' || status === 0) return null;
    if (this.#type === 'text') return body === undefined ? '' : this.#context.host.decodeText(body);
    const copy = new Uint8Array(body?.length ?? 0);
    if (body) copy.set(body);
    return copy.buffer;
  }
}

function readCookies({ answer }: ExchangeEnd): Record<string, ResponseCookie[]> {
  const lists = new Map<string, ResponseCookie[]>();
  for (const { name, value, domain, path, httpOnly, secure, maxAge = 0, expiresMs = 0 } of cookiesSetBy(answer.headers)) {
    const cookie = { name, value, domain, path, httpOnly, http_only: httpOnly, secure, maxAge, max_age: maxAge, expires: expiresMs };
    lists.set(name, [...(lists.get(name) ?? []), cookie]);
  }
  return Object.fromEntries(lists);
}

function readRequest({ method, url, body, headers, cookies }: SentRequest, decode: (bytes: Uint8Array) => string): ResponseRequest {
  const lists = new Map<string, { name: string; value: string; replace: boolean }[]>();
  for (const cookie of cookies) lists.set(cookie.name, [...(lists.get(cookie.name) ?? []), { ...cookie }]);
  return {
    method,
    url,
    body: typeof body === 'string' ? body : body === undefined ? '' : decode(body),
    headers: headersAsLists(headers),
    cookies: Object.fromEntries(lists),
  };
}
