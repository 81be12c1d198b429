/** A jar of cookies that is kept outside, where requests are carried out. */
import type { SetCookie } from '../../modules/http/cookie.ts';
import { CookieJar } from '../../modules/http/cookie-jar.ts';
import type { HttpUrl } from '../../modules/http/url.ts';
import { ASK } from '../bridge.ts';

type Ask = (what: number, text: string) => unknown;

export class OutsideJar extends CookieJar {
  readonly #ask: Ask;
  readonly #number: number;

  constructor(ask: Ask, number: number) {
    super();
    this.#ask = ask;
    this.#number = number;
  }

  static numberOf(jar: CookieJar): number {
    if (jar instanceof OutsideJar) return jar.#number;
    throw new TypeError('a jar of cookies is made by new CookieJar()');
  }

  override keep(url: HttpUrl, cookie: SetCookie): void {
    this.#ask(ASK.jarKeep, JSON.stringify([this.#number, url, cookie]));
  }

  override sentTo(url: HttpUrl): readonly (readonly [string, string])[] {
    return JSON.parse(String(this.#ask(ASK.jarSent, JSON.stringify([this.#number, url]))));
  }

  override drop(url: HttpUrl, name?: string): void {
    this.#ask(ASK.jarDrop, JSON.stringify([this.#number, url, name]));
  }
}
