/**
 * URLs as requests need them. Own code, because QuickJS has no `URL`, and because Go's, hence k6's, sends a path as it is
 * written where `URL` would resolve its dots. Parts and reference resolution follow RFC 3986, 3 and 5.2.
 */

export interface HttpUrl {
  readonly scheme: 'http' | 'https';
  /** `name:password` as written, undefined where there is no `@`. */
  readonly credentials: string | undefined;
  /** Lower case, IPv6 in brackets, the port where one is given. */
  readonly host: string;
  readonly hostname: string;
  /** Starts with `/`, percent-encoded where a request line needs it. */
  readonly path: string;
  /** With its `?`, empty without. */
  readonly query: string;
}

const ABSOLUTE =
  /^(https?):\/\/(?:([^/?#\\]*)@)?(\[[0-9a-f:.]+(?:%25[^\]]+)?\]|[^/?#:@[\]\\\s]+)(?::(\d{0,5}))?((?:\/[^?#]*)?)((?:\?[^#]*)?)(?:#.*)?$/is;
const REFERENCE = /^(?:([a-z][a-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(\?[^#]*)?(?:#.*)?$/is;
const PORT_MAX = 65_535;
const UNSENDABLE = /[^\x21-\x7e]/;
const UNSENDABLE_RUNS = /[^\x21-\x7e]+/g;
const LONE_SURROGATES = /\p{Surrogate}/gu;

/** Undefined where it is none that a request can be sent to. */
export function parseUrl(text: string): HttpUrl | undefined {
  const match = ABSOLUTE.exec(text);
  if (!match) return undefined;
  const hostname = (match[3] ?? '').toLowerCase();
  const port = match[4] ?? '';
  if (Number(port) > PORT_MAX) return undefined;
  return {
    scheme: match[1]?.toLowerCase() === 'https' ? 'https' : 'http',
    credentials: match[2],
    host: port === '' ? hostname : `${hostname}:${port}`,
    hostname,
    path: sendable(match[5] || '/'),
    query: sendable(match[6] ?? ''),
  };
}

/** Without credentials. */
export function urlText({ scheme, host, path, query }: HttpUrl): string {
  return `${scheme}://${host}${path}${query}`;
}

/** What a Location, an action or a href of a page at `base` points to. */
export function resolveUrl(base: HttpUrl, reference: string): HttpUrl | undefined {
  const [, scheme, authority, path = '', query] = REFERENCE.exec(reference.trim()) ?? [];
  if (scheme !== undefined) return parseUrl(reference.trim());
  if (authority !== undefined) return parseUrl(`${base.scheme}:${reference.trim()}`);
  if (path === '') return query === undefined ? base : { ...base, query: sendable(query) };
  const merged = path.startsWith('/') ? path : base.path.slice(0, base.path.lastIndexOf('/') + 1) + path;
  return { ...base, path: sendable(withoutDots(merged)), query: sendable(query ?? '') };
}

/** Name and password, percent-decoded; undefined where the URL has none. */
export function credentialsOf({ credentials }: HttpUrl): { readonly name: string; readonly password: string } | undefined {
  if (credentials === undefined) return undefined;
  const colon = credentials.indexOf(':');
  const [name, password] = colon < 0 ? [credentials, ''] : [credentials.slice(0, colon), credentials.slice(colon + 1)];
  return { name: percentDecoded(name), password: percentDecoded(password) };
}

function withoutDots(path: string): string {
  const kept: string[] = [];
  const segments = path.split('/');
  for (const segment of segments) {
    if (segment === '..') kept.splice(Math.max(1, kept.length - 1));
    else if (segment !== '.') kept.push(segment);
  }
  const last = segments.at(-1);
  if (last === '.' || last === '..') kept.push('');
  const joined = kept.join('/');
  return joined.startsWith('/') ? joined : `/${joined}`;
}

function sendable(text: string): string {
  if (!UNSENDABLE.test(text)) return text;
  return text.replace(LONE_SURROGATES, '\ufffd').replace(UNSENDABLE_RUNS, encodeURIComponent);
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
