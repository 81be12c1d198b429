/**
 * The cookies of a virtual user (RFC 6265, 5.3 and 5.4). Own code: a library brings Node's URL and a list of public
 * suffixes, and k6's jar knows no such list either, so a cookie for `com` is kept here as it is there.
 */
import { defaultPath, domainMatches, endOf, isAddress, pathMatches, type SetCookie } from './cookie.ts';
import { isToken } from './headers.ts';
import { type HttpUrl, parseUrl } from './url.ts';

interface KeptCookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  /** It goes to this host alone, not to those below it. */
  readonly hostOnly: boolean;
  readonly path: string;
  readonly secure: boolean;
  readonly endMs: number | undefined;
}

/** What `CookieJar.set` may say beside name and value. */
export interface CookieOptions {
  readonly domain?: string;
  readonly path?: string;
  /** As in `Set-Cookie`. */
  readonly expires?: string;
  readonly max_age?: number;
  readonly secure?: boolean;
  readonly http_only?: boolean;
}

/** Cookies of one jar; the one that was set first goes. */
const COOKIES_MAX = 3000;

export class CookieJar {
  /** By domain, path and name; a cookie that is set anew keeps its place. */
  readonly #kept = new Map<string, KeptCookie>();

  /** By name, all values that would go to this URL. */
  cookiesForURL(url: string): Record<string, string[]> {
    const lists = new Map<string, string[]>();
    for (const [name, value] of this.sentTo(urlOf(url))) lists.set(name, [...(lists.get(name) ?? []), value]);
    return Object.fromEntries(lists);
  }

  /** Throws TypeError where the URL, the name or an option is none. */
  set(url: string, name: string, value: string, options?: CookieOptions | null): void {
    if (!isToken(name)) throw new TypeError(`CookieJar.set: '${name}' is no name for a cookie`);
    const expiresMs = options?.expires === undefined ? undefined : Date.parse(options.expires);
    if (Number.isNaN(expiresMs)) throw new TypeError(`CookieJar.set: expires '${options?.expires}' is no date`);
    const path = options?.path ?? '';
    this.keep(urlOf(url), {
      name,
      value: String(value),
      domain: (options?.domain ?? '').replace(/^\./, '').toLowerCase(),
      path: path.startsWith('/') ? path : '',
      httpOnly: options?.http_only === true,
      secure: options?.secure === true,
      maxAge: options?.max_age === 0 ? undefined : options?.max_age,
      expiresMs,
    });
  }

  /** All cookies that would go to this URL. */
  clear(url: string): void {
    this.drop(urlOf(url));
  }

  delete(url: string, name: string): void {
    this.drop(urlOf(url), name);
  }

  /** What would go to this URL, by this name or by any. */
  drop(url: HttpUrl, name?: string): void {
    for (const [key, cookie] of this.#kept) if ((name === undefined || cookie.name === name) && goesTo(cookie, url)) this.#kept.delete(key);
  }

  /** As an answer from `url` sets it; what it may not set is ignored. */
  keep(url: HttpUrl, cookie: SetCookie): void {
    const foreign = cookie.domain !== '' && !domainMatches(url.hostname, cookie.domain);
    if (foreign) return;
    const nowMs = Date.now();
    const hostOnly = cookie.domain === '' || isAddress(url.hostname);
    const domain = hostOnly ? url.hostname : cookie.domain;
    const path = cookie.path === '' ? defaultPath(url.path) : cookie.path;
    const key = `${domain};${path};${cookie.name}`;
    const endMs = endOf(cookie, nowMs);
    if (endMs !== undefined && endMs <= nowMs) {
      this.#kept.delete(key);
      return;
    }
    const first = this.#kept.size >= COOKIES_MAX && !this.#kept.has(key) ? this.#kept.keys().next().value : undefined;
    if (first !== undefined) this.#kept.delete(first);
    this.#kept.set(key, { name: cookie.name, value: cookie.value, domain, hostOnly, path, secure: cookie.secure, endMs });
  }

  /** Names and values in the order in which they go: longest path first, then as they were set. */
  sentTo(url: HttpUrl): readonly (readonly [string, string])[] {
    if (this.#kept.size === 0) return [];
    const nowMs = Date.now();
    const sent: KeptCookie[] = [];
    for (const [key, cookie] of this.#kept) {
      if (cookie.endMs !== undefined && cookie.endMs <= nowMs) this.#kept.delete(key);
      else if (goesTo(cookie, url)) sent.push(cookie);
    }
    return sent.sort((a, b) => b.path.length - a.path.length).map(({ name, value }) => [name, value]);
  }
}

function goesTo({ domain, hostOnly, path, secure }: KeptCookie, url: HttpUrl): boolean {
  const host = hostOnly ? url.hostname === domain : domainMatches(url.hostname, domain);
  return host && pathMatches(url.path, path) && (!secure || url.scheme === 'https');
}

function urlOf(text: string): HttpUrl {
  const url = parseUrl(String(text));
  if (!url) throw new TypeError(`CookieJar: '${text}' is no URL of a web server`);
  return url;
}
