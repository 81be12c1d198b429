/** Carries out what a script asks for, for one virtual user, and says what it came to. */
import type { ScriptHost } from '../../host.ts';
import { AnsweredExchange } from './answered-exchange.ts';
import type { AskedRequest } from './asked.ts';
import { requestBody } from './body.ts';
import type { Carrier } from './carrier.ts';
import { CookieJar } from './cookie-jar.ts';
import { Exchange } from './exchange.ts';
import { NO_ANSWER } from './no-answer.ts';
import { type RequestParams, requestParams, type SaidParams } from './params.ts';
import type { Answered } from './response.ts';
import { SampleTags } from './samples.ts';
import { type ExpectedStatuses, ORDINARY_STATUSES } from './statuses.ts';
import { parseUrl } from './url.ts';

/** A request of a script: ready to be sent, or refused, because its URL is none. */
type Prepared =
  | { readonly exchange: Exchange; readonly name: string | undefined; readonly params: RequestParams }
  | { readonly refused: Answered };

const INVALID_URL = 1020;
const NOTHING_SAID: SaidParams = {};
/** Of all virtual users: their tags are mostly the same. */
const SAMPLES = new SampleTags();

export class Requester implements Carrier {
  readonly Jar = CookieJar;
  jar = new CookieJar();
  readonly #host: ScriptHost;
  #expected: ExpectedStatuses | null = ORDINARY_STATUSES;

  constructor(host: ScriptHost) {
    this.#host = host;
  }

  expect(expected: ExpectedStatuses | null): void {
    this.#expected = expected;
  }

  endIteration(): void {
    this.jar = new CookieJar();
  }

  async request(asked: AskedRequest): Promise<Answered> {
    const prepared = this.#prepare(asked);
    if ('refused' in prepared) return prepared.refused;
    const { exchange } = prepared;
    for (let request = exchange.next(); request; request = exchange.next()) exchange.accept(await this.#host.request(request));
    return this.#answered(prepared);
  }

  requestLater(asked: AskedRequest): Answered | Promise<Answered> {
    const prepared = this.#prepare(asked);
    if ('refused' in prepared) return prepared.refused;
    const { exchange } = prepared;
    const goOn = (): Answered | Promise<Answered> => {
      const request = exchange.next();
      if (!request) return this.#answered(prepared);
      return this.#host.requestLater(request).then((answer) => {
        exchange.accept(answer);
        return goOn();
      });
    };
    return goOn();
  }

  async together(asked: readonly AskedRequest[]): Promise<readonly Answered[]> {
    const prepared = asked.map((each) => this.#prepare(each));
    await this.#host.together(prepared.flatMap((each) => ('exchange' in each ? [each.exchange] : [])));
    return prepared.map((each) => this.#answered(each));
  }

  #prepare({ method, url: text, name: named, body, params: said }: AskedRequest): Prepared {
    const params = requestParams(said ?? NOTHING_SAID, { settings: this.#host.http, jar: this.jar, expected: this.#expected });
    const url = parseUrl(text);
    if (!url) return { refused: this.#refuse(method, text, params) };
    const { name = named, ...others } = params.tags ?? {};
    const tags = Object.keys(others).length > 0 ? others : undefined;
    return { exchange: new Exchange(this.#host, { method, url, name, tags, body: requestBody(body), params }, SAMPLES), name, params };
  }

  #refuse(method: string, url: string, params: RequestParams): Answered {
    const error = `'${url}' is not a URL that a request can be sent to; write it like http://127.0.0.1:8080/path`;
    if (params.throws) throw new Error(error);
    this.#host.log('warn', `${method}: ${error}`);
    const sent = { method, url, headers: [], body: undefined, cookies: [] };
    const end = { sent, answer: { ...NO_ANSWER, error, errorCode: INVALID_URL }, errorCode: INVALID_URL };
    return new AnsweredExchange(this.#host, end, params.responseType);
  }

  #answered(prepared: Prepared): Answered {
    if ('refused' in prepared) return prepared.refused;
    const { exchange, name, params } = prepared;
    const { end } = exchange;
    if (!end) throw new Error('the request came to no end');
    const { sent, answer } = end;
    if (answer.error !== '' && params.throws) throw new Error(`${sent.method} ${sent.url}: ${answer.error}`);
    if (answer.error !== '') this.#host.log('warn', `${sent.method} ${name ?? sent.url}: ${answer.error}`);
    return new AnsweredExchange(this.#host, end, params.responseType);
  }
}
