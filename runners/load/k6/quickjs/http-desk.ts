/**
 * The requests of a script in QuickJS, outside: carried out by the same code as on the other path. What they came to, and
 * jars of cookies, are kept here by their numbers until nobody inside has them any more.
 */
import { INTERRUPTED, type ScriptHost } from '../host.ts';
import type { SetCookie } from '../modules/http/cookie.ts';
import { CookieJar } from '../modules/http/cookie-jar.ts';
import { Requester } from '../modules/http/requester.ts';
import type { Answered } from '../modules/http/response.ts';
import type { HttpUrl } from '../modules/http/url.ts';
import { isPromise } from '../modules/in-turn.ts';
import { ASK, FAILED, WAIT } from './bridge.ts';
import { withoutZero } from './crossing-text.ts';
import { readAsked, readNumbers, readStatuses } from './inside/asked-crossing.ts';
import { factsText } from './inside/facts-crossing.ts';
import type { Answer } from './machine.ts';

type Say = (text: string, bytes: Uint8Array | undefined) => Answer;

const NO_BYTES = new Uint8Array(0);
/** Stands for a text that cannot cross as one. */
const HAS_ZERO = 0;

export class HttpDesk {
  /** Requests that nobody stands still for and that have yet to be answered. */
  laters = 0;
  readonly answers: Readonly<Record<number, Say>>;
  readonly #requester: Requester;
  readonly #tellLater: (text: () => string) => void;
  readonly #kept = new Map<number, Answered>();
  readonly #jars = new Map<number, CookieJar>();
  /** Counted up by each call: what comes late is not told. */
  #life = 0;

  /** `tellLater` is told when something was answered that nobody stands still for; the text is read when its turn has come. */
  constructor(host: ScriptHost, tellLater: (text: () => string) => void) {
    this.#requester = new Requester(host);
    this.#tellLater = tellLater;
    this.answers = { ...this.#requestAnswers(), ...this.#partAnswers(), ...this.#jarAnswers() };
  }

  /** A call begins: what the one before has set off is not heard of. */
  begin(): void {
    this.laters = 0;
    this.#life += 1;
  }

  /** Cookies are dropped. */
  endIteration(): void {
    this.#requester.endIteration();
  }

  /** Rejects with INTERRUPTED, or with why it failed. */
  async wait(what: number, text: string, bytes: Uint8Array = NO_BYTES): Promise<string> {
    const { number, asked } = this.#read(text, bytes);
    const [first] = asked;
    if (what === WAIT.request && first) return this.#keep(number, await this.#requester.request(first));
    const answers = await this.#requester.together(asked);
    return JSON.stringify(answers.map((answered, index) => this.#keep(number + index, answered)));
  }

  #requestAnswers(): Readonly<Record<number, Say>> {
    return {
      [ASK.requestLater]: (text, bytes) => this.#later(text, bytes),
      [ASK.expect]: (text) => void this.#requester.expect(readStatuses(text)),
      [ASK.gone]: (text) => void this.#drop(readNumbers(text)),
    };
  }

  #partAnswers(): Readonly<Record<number, Say>> {
    return {
      [ASK.body]: (number) => {
        const body = this.#keptAs(number).body();
        if (typeof body === 'string') return body.includes('\0') ? HAS_ZERO : body;
        return body === null ? undefined : new Uint8Array(body);
      },
      [ASK.bodyBytes]: (number) => withoutZero(String(this.#keptAs(number).body())),
      [ASK.headers]: (number) => JSON.stringify(this.#keptAs(number).headers()),
      [ASK.cookies]: (number) => JSON.stringify(this.#keptAs(number).cookies()),
      [ASK.timings]: (number) => JSON.stringify(this.#keptAs(number).timings()),
      [ASK.request]: (number) => JSON.stringify(this.#keptAs(number).request()),
    };
  }

  #jarAnswers(): Readonly<Record<number, Say>> {
    return {
      [ASK.ownJar]: (number) => void this.#jars.set(Number(number), this.#requester.jar),
      [ASK.jarKeep]: (text) => {
        const [number, url, cookie]: [number, HttpUrl, SetCookie] = JSON.parse(text);
        this.#jarOf(number).keep(url, cookie);
        return undefined;
      },
      [ASK.jarSent]: (text) => {
        const [number, url]: [number, HttpUrl] = JSON.parse(text);
        return JSON.stringify(this.#jarOf(number).sentTo(url));
      },
      [ASK.jarDrop]: (text) => {
        const [number, url, name]: [number, HttpUrl, string | null] = JSON.parse(text);
        this.#jarOf(number).drop(url, name ?? undefined);
        return undefined;
      },
    };
  }

  /** At once where nothing was sent. */
  #later(text: string, bytes: Uint8Array = NO_BYTES): Answer {
    const { number, asked } = this.#read(text, bytes);
    const [first] = asked;
    if (!first) return false;
    const answered = this.#requester.requestLater(first);
    if (!isPromise(answered)) return this.#keep(number, answered);
    this.laters += 1;
    const life = this.#life;
    const tell = (end: () => string): void => {
      if (life !== this.#life) return;
      this.laters -= 1;
      this.#tellLater(() => `${number} ${end()}`);
    };
    answered.then(
      (later) => tell(() => this.#keep(number, later)),
      (error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        if (why !== INTERRUPTED) tell(() => FAILED + JSON.stringify(why));
      },
    );
    return undefined;
  }

  #read(text: string, bytes: Uint8Array) {
    const read = readAsked(text, bytes, (number) => this.#jarOf(number));
    this.#drop(read.gone);
    return read;
  }

  /** Gives what crosses at once. */
  #keep(number: number, answered: Answered): string {
    this.#kept.set(number, answered);
    return factsText(answered.facts);
  }

  #drop(numbers: readonly number[]): void {
    for (const number of numbers) {
      this.#kept.delete(number);
      this.#jars.delete(number);
    }
  }

  #keptAs(number: string): Answered {
    const kept = this.#kept.get(Number(number));
    if (!kept) throw new Error(`the response ${number} is not kept any more`);
    return kept;
  }

  /** A jar is made when it is first spoken of. */
  #jarOf(number: number): CookieJar {
    const known = this.#jars.get(number);
    if (known) return known;
    const made = new CookieJar();
    this.#jars.set(number, made);
    return made;
  }
}
