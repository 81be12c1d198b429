/**
 * What a request came to, as scripts read it. What costs is made when it is first read; `toJSON` gives all of it, so
 * that a script which logs a response sees what k6 would show.
 */
import type { HostTimings, ScriptHost } from '../../host.ts';
import type { Selection } from '../html/selection.ts';
import { selectJson } from './json-select.ts';

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

/** What each response tells. */
export interface ResponseFacts {
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
}

/** What a request came to: what each response tells, and what it tells when it is asked, once each. */
export interface Answered {
  readonly facts: ResponseFacts;
  timings(): HostTimings;
  body(): string | ArrayBuffer | null;
  headers(): Record<string, string>;
  cookies(): Record<string, ResponseCookie[]>;
  request(): ResponseRequest;
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

export class Response implements ResponseFacts {
  // Declared only, because each field that is defined before it is set takes QuickJS its time.
  declare readonly status: number;
  declare readonly status_text: string;
  declare readonly url: string;
  declare readonly error: string;
  declare readonly error_code: number;
  declare readonly proto: string;
  declare readonly remote_ip: string;
  declare readonly remote_port: number;
  declare readonly tls_version: string;
  declare readonly tls_cipher_suite: string;
  declare readonly ocsp: typeof NO_OCSP;
  readonly #context: ResponseContext;
  readonly #answered: Answered;
  #timings: HostTimings | undefined;
  #body: string | ArrayBuffer | null | undefined;
  #headers: Record<string, string> | undefined;
  #cookies: Record<string, ResponseCookie[]> | undefined;
  #request: ResponseRequest | undefined;
  #json: { readonly value: unknown } | undefined;

  constructor(context: ResponseContext, answered: Answered) {
    const { facts } = answered;
    this.#context = context;
    this.#answered = answered;
    this.status = facts.status;
    this.status_text = facts.status_text;
    this.url = facts.url;
    this.error = facts.error;
    this.error_code = facts.error_code;
    this.proto = facts.proto;
    this.remote_ip = facts.remote_ip;
    this.remote_port = facts.remote_port;
    this.tls_version = facts.tls_version;
    this.tls_cipher_suite = facts.tls_cipher_suite;
    this.ocsp = NO_OCSP;
  }

  get timings(): HostTimings {
    this.#timings ??= this.#answered.timings();
    return this.#timings;
  }

  /** Null where it was not wanted, or nothing answered. */
  get body(): string | ArrayBuffer | null {
    this.#body ??= this.#answered.body();
    return this.#body;
  }

  get headers(): Record<string, string> {
    this.#headers ??= this.#answered.headers();
    return this.#headers;
  }

  get cookies(): Record<string, ResponseCookie[]> {
    this.#cookies ??= this.#answered.cookies();
    return this.#cookies;
  }

  get request(): ResponseRequest {
    this.#request ??= this.#answered.request();
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
    const { timings, body, headers, cookies, request } = this;
    return { ...this, timings, body, headers, cookies, request };
  }

  #parsed(): { readonly value: unknown } {
    if (this.#json) return this.#json;
    const text = this.#text('read it as JSON');
    try {
      this.#json = { value: JSON.parse(text) };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`the body of ${this.request.method} ${this.url} (status ${this.status}) is not JSON: ${reason}`);
    }
    return this.#json;
  }

  #text(purpose: string): string {
    const { body } = this;
    if (typeof body === 'string') return body;
    if (body !== null) return this.#context.host.decodeText(new Uint8Array(body));
    throw new Error(
      `${this.request.method} ${this.url} has no body, so that nothing can ${purpose}: ${this.error || 'it was discarded (responseType, discardResponseBodies)'}`,
    );
  }
}
