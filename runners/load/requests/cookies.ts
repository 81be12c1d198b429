/** The cookies of one virtual user (RFC 6265bis), over tough-cookie's jar: public suffixes are refused, hosts like localhost are not. */
import { CookieJar } from 'tough-cookie';

/** Names of cookies that are kept at most; browsers keep about 180 a host. Beyond them only those are set anew. */
export const COOKIES_MAX = 300;

export class Cookies {
  #jar: CookieJar | undefined;
  readonly #names = new Set<string>();

  /** Forgets all. */
  clear(): void {
    this.#jar = undefined;
    this.#names.clear();
  }

  /** Keeps what an answer set; what is no cookie, or not that host's to set, is ignored, as browsers do. */
  keep(url: string, setCookies: readonly string[]): void {
    for (const text of setCookies) {
      const [name = ''] = text.split('=', 1);
      if (this.#names.size >= COOKIES_MAX && !this.#names.has(name)) continue;
      this.#names.add(name);
      this.#jar ??= new CookieJar(undefined, { allowSpecialUseDomain: true });
      this.#jar.setCookieSync(text, url, { ignoreError: true });
    }
  }

  /** What the header `Cookie` says to that URL; undefined where there is none. */
  header(url: string): string | undefined {
    const text = this.#jar?.getCookieStringSync(url);
    return text === '' ? undefined : text;
  }
}
