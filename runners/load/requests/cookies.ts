/** The cookies of one virtual user (RFC 6265bis), over tough-cookie's jar: public suffixes are refused, hosts like localhost are not. */
import { CookieJar } from 'tough-cookie';

export class Cookies {
  #jar: CookieJar | undefined;

  /** Forgets all. */
  clear(): void {
    this.#jar = undefined;
  }

  /** Keeps what an answer set; what is no cookie, or not that host's to set, is ignored, as browsers do. */
  keep(url: string, setCookies: readonly string[]): void {
    for (const text of setCookies) {
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
