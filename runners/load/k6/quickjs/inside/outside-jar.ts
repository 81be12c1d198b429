/** A jar of cookies that is kept outside, where requests are carried out. */
import type { SetCookie } from '../../modules/http/cookie.ts';
import { CookieJar } from '../../modules/http/cookie-jar.ts';
import type { HttpUrl } from '../../modules/http/url.ts';
import { ASK } from '../bridge.ts';
import type { AskBridge } from './outside-answered.ts';

export class OutsideJar extends CookieJar {
  readonly #bridge: AskBridge;
  readonly #number: number;

  constructor(bridge: AskBridge, number: number) {
    super();
    this.#bridge = bridge;
    this.#number = number;
  }

  static numberOf(jar: CookieJar): number {
    if (jar instanceof OutsideJar) return jar.#number;
    throw new TypeError('a jar of cookies is made by new CookieJar()');
  }

  override keep(url: HttpUrl, cookie: SetCookie): void {
    this.#bridge.ask(ASK.jarKeep, JSON.stringify([this.#number, url, cookie]));
  }

  override sentTo(url: HttpUrl): readonly (readonly [string, string])[] {
    return JSON.parse(String(this.#bridge.ask(ASK.jarSent, JSON.stringify([this.#number, url]))));
  }

  override drop(url: HttpUrl, name?: string): void {
    this.#bridge.ask(ASK.jarDrop, JSON.stringify([this.#number, url, name]));
  }
}
