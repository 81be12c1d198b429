/** Where requests go: what a URL says of it, Unix sockets included (`http+unix://%2Frun%2Fapp.sock/path`). */
import type { Origin } from './engine.ts';

/** What the kernel takes as the path of a socket (sun_path, without its end). */
const SOCKET_PATH_BYTES_MAX = 107;
/** Protocol, authority, and path with query; a fragment is never sent. */
const PARTS = /^(https?)(\+unix)?:\/\/([^/?#]+)([^#]*)/i;

export interface Address {
  readonly origin: Origin;
  /** Path and query as written, save what HTTP cannot carry. */
  readonly target: string;
  /** `name:password` of the URL, decoded; empty where it has none. */
  readonly userinfo: string;
}

export interface UrlProblem {
  readonly problem: string;
  readonly hint: string;
}

export function parseUrl(text: string): Address | UrlProblem {
  const [, scheme = '', unix, authority = '', rest = ''] = PARTS.exec(text) ?? [];
  const secure = scheme.toLowerCase() === 'https';
  const target = targetOf(rest);
  if (unix) return overSocket(text, secure, authority, target);
  const start = `${scheme}://${authority}`;
  const url = URL.canParse(start) ? new URL(start) : undefined;
  if (!url || url.hostname === '')
    return { problem: `'${text}' is not a URL that load can be sent to`, hint: 'write it like http://127.0.0.1:8080/path' };
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  const userinfo = url.username === '' && url.password === '' ? '' : userOf(url);
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  return { origin: { secure, hostname, port, text: url.origin, authority: url.host, socketPath: undefined }, target, userinfo };
}

/** `name:password` of a URL, decoded; `:` where it has neither. */
export function userOf({ username, password }: URL): string {
  return `${decode(username)}:${decode(password)}`;
}

/** What stands after the authority of a URL, as a request asks for it: as written, save what HTTP cannot carry. */
export function targetOf(rest: string): string {
  return (rest.startsWith('/') ? rest : `/${rest}`).toWellFormed().replace(/[^\x21-\x7e]+/g, encodeURIComponent);
}

function overSocket(text: string, secure: boolean, authority: string, target: string): Address | UrlProblem {
  const socketPath = decode(authority);
  const hint = 'write it like http+unix://%2Frun%2Fapp.sock/path, each / of the socket as %2F';
  if (!socketPath.startsWith('/') || socketPath.includes('\0')) return { problem: `'${text}' names no socket by its whole path`, hint };
  const bytes = Buffer.byteLength(socketPath);
  if (bytes > SOCKET_PATH_BYTES_MAX)
    return { problem: `the path of the socket in '${text}' has ${bytes} bytes, at most ${SOCKET_PATH_BYTES_MAX} are possible`, hint };
  const origin = {
    secure,
    hostname: 'localhost',
    port: 0,
    text: `${secure ? 'https' : 'http'}+unix://${encodeURIComponent(socketPath)}`,
    authority: 'localhost',
    socketPath,
  };
  return { origin, target, userinfo: '' };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
