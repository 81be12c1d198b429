/** Makes requests for one virtual user: checks what a script gives, carries it out, and makes a response of what it came to. */
import type { ScriptHost } from '../../host.ts';
import type { Selection } from '../html/selection.ts';
import { prepareBody } from './body.ts';
import { CookieJar } from './cookie-jar.ts';
import { Exchange } from './exchange.ts';
import { isToken } from './headers.ts';
import { NamedUrl } from './named-url.ts';
import { NO_ANSWER } from './no-answer.ts';
import { clickLink, submitForm } from './page.ts';
import { type RequestParams, readExpected, readParams } from './params.ts';
import { Response, type ResponseContext } from './response.ts';
import { SampleTags } from './samples.ts';
import { type ExpectedStatuses, ORDINARY_STATUSES } from './statuses.ts';
import { parseUrl } from './url.ts';

/** Reads a page; `html.ts` has it. Handed in, because few scripts need the parser behind it. */
export type ParsePage = (html: string, url: string) => Selection;

/** A request of a script: ready to be sent, or refused, because its URL is none. */
type Prepared =
  | { readonly exchange: Exchange; readonly name: string | undefined; readonly params: RequestParams }
  | { readonly refused: Response };

const INVALID_URL = 1020;
/** Of all virtual users: their tags are mostly the same. */
const SAMPLES = new SampleTags();

export class Requester {
  /** Cookies of the iteration. */
  jar = new CookieJar();
  readonly #host: ScriptHost;
  readonly #context: ResponseContext;
  #expected: ExpectedStatuses | null = ORDINARY_STATUSES;

  constructor(host: ScriptHost, parsePage: ParsePage | undefined) {
    this.#host = host;
    const ask = (method: string, url: string, body: string | undefined, params: unknown) => this.request(method, url, body, params);
    this.#context = {
      host,
      parsePage: (html, url) => {
        if (parsePage) return parsePage(html, url);
        throw new Error(
          'html(), submitForm() and clickLink() need the HTML parser, which is loaded where a script calls them by these names',
        );
      },
      submitForm: (response, options) => submitForm(response, options, ask),
      clickLink: (response, options) => clickLink(response, options, ask),
    };
  }

  /** What from now on counts as expected, where a request says nothing else; null: nothing does, nor the contrary. */
  expect(callback: unknown): void {
    this.#expected = readExpected(callback ?? null, null);
  }

  /** Throws TypeError on parameters that are none, and, where the test or the request says `throw`, what went wrong. */
  async request(method: unknown, url: unknown, body?: unknown, params?: unknown): Promise<Response> {
    const prepared = this.#prepare(method, url, body, params);
    if ('refused' in prepared) return prepared.refused;
    const { exchange } = prepared;
    for (let request = exchange.next(); request; request = exchange.next()) exchange.accept(await this.#host.request(request));
    return this.#respond(prepared);
  }

  /** The same as a promise that others may go beside; it is one where `request` blocks, too. */
  requestLater(method: unknown, url: unknown, body?: unknown, params?: unknown): Promise<Response> {
    const prepared = this.#prepare(method, url, body, params);
    if ('refused' in prepared) return Promise.resolve(prepared.refused);
    const { exchange } = prepared;
    const goOn = (): Response | Promise<Response> => {
      const request = exchange.next();
      if (!request) return this.#respond(prepared);
      return this.#host.requestLater(request).then((answer) => {
        exchange.accept(answer);
        return goOn();
      });
    };
    return Promise.resolve(goOn());
  }

  /** Several at once: a list gives a list, an object an object. */
  async batch(requests: unknown): Promise<Response[] | Record<string, Response>> {
    if (typeof requests !== 'object' || requests === null) throw new TypeError('http.batch takes a list or an object of requests');
    const entries: readonly (readonly [string, unknown])[] = Object.entries(requests);
    const prepared = entries.map(([key, each]) => this.#prepareBatched(key, each));
    await this.#host.together(prepared.flatMap((each) => ('exchange' in each ? [each.exchange] : [])));
    const responses = prepared.map((each) => this.#respond(each));
    return Array.isArray(requests)
      ? responses
      : Object.fromEntries(responses.map((response, index) => [entries[index]?.[0] ?? '', response]));
  }

  #prepare(method: unknown, target: unknown, body: unknown, given: unknown): Prepared {
    if (this.#host.inInit)
      throw new Error('requests cannot be made in the init context; make them in setup() or in the function that is run');
    const verb = String(method).toUpperCase();
    if (!isToken(verb)) throw new TypeError(`'${method}' is not a method that HTTP can carry; use GET, POST, …`);
    const params = readParams(given, { settings: this.#host.http, jar: this.jar, expected: this.#expected });
    const content = prepareBody(this.#host, body);
    const text = String(target);
    const url = parseUrl(text);
    if (!url) return { refused: this.#refuse(verb, text, params) };
    const { name: said, ...others } = params.tags ?? {};
    const name = said ?? (target instanceof NamedUrl ? target.name : undefined);
    const tags = Object.keys(others).length > 0 ? others : undefined;
    return { exchange: new Exchange(this.#host, { method: verb, url, name, tags, body: content, params }, SAMPLES), name, params };
  }

  /** A URL, `[method, url, body, params]`, or an object of these. */
  #prepareBatched(key: string, each: unknown): Prepared {
    if (typeof each === 'string' || each instanceof NamedUrl) return this.#prepare('GET', each, undefined, undefined);
    if (Array.isArray(each) && each.length >= 2) return this.#prepare(each[0], each[1], each[2], each[3]);
    if (typeof each === 'object' && each !== null && 'url' in each) {
      const { method = 'GET', url, body, params }: { method?: unknown; url: unknown; body?: unknown; params?: unknown } = each;
      return this.#prepare(method, url, body, params);
    }
    throw new TypeError(`http.batch: request '${key}' is neither a URL, nor [method, url, body, params], nor {method, url, body, params}`);
  }

  #refuse(method: string, url: string, { throws, responseType }: RequestParams): Response {
    const error = `'${url}' is not a URL that a request can be sent to; write it like http://127.0.0.1:8080/path`;
    if (throws) throw new Error(error);
    this.#host.log('warn', `${method}: ${error}`);
    const sent = { method, url, headers: [], body: undefined, cookies: [] };
    return new Response(
      this.#context,
      { sent, answer: { ...NO_ANSWER, error, errorCode: INVALID_URL }, errorCode: INVALID_URL },
      responseType,
    );
  }

  #respond(prepared: Prepared): Response {
    if ('refused' in prepared) return prepared.refused;
    const { exchange, name, params } = prepared;
    const { end } = exchange;
    if (!end) throw new Error('the request came to no end');
    const { sent, answer } = end;
    if (answer.error !== '' && params.throws) throw new Error(`${sent.method} ${sent.url}: ${answer.error}`);
    if (answer.error !== '') this.#host.log('warn', `${sent.method} ${name ?? sent.url}: ${answer.error}`);
    return new Response(this.#context, end, params.responseType);
  }
}
