/** One cookie: how a server sets it (RFC 6265, 5.2) and where it goes (5.1.3, 5.1.4). */
import { type HeaderPairs, isToken } from './headers.ts';

/** As the `Set-Cookie` said it; fields it did not say are empty. */
export interface SetCookie {
  readonly name: string;
  readonly value: string;
  /** Lower case, without a leading dot. */
  readonly domain: string;
  readonly path: string;
  readonly httpOnly: boolean;
  readonly secure: boolean;
  /** Seconds; undefined where it was not said. Zero and less end the cookie at once. */
  readonly maxAge: number | undefined;
  /** ms since 1970; undefined where it was not said. */
  readonly expiresMs: number | undefined;
}

/** A cookie of a server's that is longer than this is not kept; browsers' bound. */
const COOKIE_LENGTH_MAX = 4096;
const ATTRIBUTES: Readonly<Record<string, (value: string) => Partial<SetCookie>>> = {
  domain: (value) => ({ domain: value.replace(/^\./, '').toLowerCase() }),
  path: (value) => ({ path: value.startsWith('/') ? value : '' }),
  httponly: () => ({ httpOnly: true }),
  secure: () => ({ secure: true }),
  'max-age': (value) => (/^-?\d+$/.test(value) ? { maxAge: Number(value) } : {}),
  expires: (value) => {
    const atMs = cookieDateMs(value);
    return atMs === undefined ? {} : { expiresMs: atMs };
  },
};

/** Undefined where it is no cookie. */
export function parseSetCookie(header: string): SetCookie | undefined {
  if (header.length > COOKIE_LENGTH_MAX) return undefined;
  const [pair = '', ...attributes] = header.split(';');
  const equals = pair.indexOf('=');
  const name = pair.slice(0, Math.max(0, equals)).trim();
  if (!isToken(name)) return undefined;
  const value = pair
    .slice(equals + 1)
    .trim()
    .replace(/^"(.*)"$/, '$1');
  const said: Partial<SetCookie>[] = attributes.map((attribute) => {
    const [key = '', ...rest] = attribute.split('=');
    const named = key.trim().toLowerCase();
    return Object.hasOwn(ATTRIBUTES, named) ? (ATTRIBUTES[named]?.(rest.join('=').trim()) ?? {}) : {};
  });
  const none = { domain: '', path: '', httpOnly: false, secure: false, maxAge: undefined, expiresMs: undefined };
  return Object.assign({ name, value, ...none }, ...said);
}

/** All cookies that an answer sets, in order. */
export function cookiesSetBy(headers: HeaderPairs): SetCookie[] {
  return headers.flatMap(([name, value]) => {
    const cookie = name.toLowerCase() === 'set-cookie' ? parseSetCookie(value) : undefined;
    return cookie ? [cookie] : [];
  });
}

/** When it ends, in ms since 1970; undefined where it lasts for the session. */
export function endOf({ maxAge, expiresMs }: SetCookie, nowMs: number): number | undefined {
  if (maxAge === undefined) return expiresMs;
  return maxAge > 0 ? nowMs + maxAge * 1000 : 0;
}

export function domainMatches(hostname: string, domain: string): boolean {
  return hostname === domain || (hostname.endsWith(`.${domain}`) && !isAddress(hostname));
}

export function pathMatches(path: string, cookiePath: string): boolean {
  return path === cookiePath || (path.startsWith(cookiePath) && (cookiePath.endsWith('/') || path[cookiePath.length] === '/'));
}

/** The path of a cookie that says none: the directory of the URL that set it. */
export function defaultPath(path: string): string {
  const last = path.lastIndexOf('/');
  return last <= 0 ? '/' : path.slice(0, last);
}

export function isAddress(hostname: string): boolean {
  return hostname.startsWith('[') || /^\d+(?:\.\d+){3}$/.test(hostname);
}

/** `Wdy, DD Mon YYYY HH:MM:SS GMT` and its relatives with dashes. */
function cookieDateMs(text: string): number | undefined {
  const atMs = Date.parse(text.replace(/(\d)-([A-Za-z]{3})-(\d)/, '$1 $2 $3'));
  return Number.isNaN(atMs) ? undefined : atMs;
}
