/** The `params` of `ws.connect`. */
import type { Tags } from '../../host.ts';
import { CookieJar } from '../http/cookie-jar.ts';
import { type HeaderPairs, headerOf } from '../http/headers.ts';
import { readHeaders } from '../http/params.ts';
import type { HttpUrl } from '../http/url.ts';
import { tagsOf } from '../tags.ts';

export interface SocketParams {
  readonly headers: HeaderPairs;
  readonly jar: CookieJar;
  /** What samples call it; else its URL. */
  readonly name: string | undefined;
  readonly tags: Tags;
  readonly compress: boolean;
}

/** Throws TypeError with the parameter's name where one is not what it should be. */
export function readSocketParams(given: unknown, jar: CookieJar): SocketParams {
  if (given !== null && given !== undefined && typeof given !== 'object')
    throw new TypeError(`the params of ws.connect() are an object, not a ${typeof given}`);
  const params: { readonly [name: string]: unknown } = { ...given };
  const { headers, tags, compression = '' } = params;
  if (compression !== '' && compression !== 'deflate')
    throw new TypeError(`compression '${String(compression)}' is not known to WebSockets; use 'deflate', or leave it out`);
  const { name, ...others } = tags === undefined || tags === null ? {} : tagsOf(tags);
  return {
    headers: typeof headers === 'object' && headers !== null ? readHeaders({ ...headers }) : [],
    jar: params['jar'] instanceof CookieJar ? params['jar'] : jar,
    name,
    tags: others,
    compress: compression === 'deflate',
  };
}

/** As they go: the script's, the test's name, and the cookies for this address. */
export function socketHeaders({ headers, jar }: SocketParams, address: HttpUrl, userAgent: string): HeaderPairs {
  const cookies = jar.sentTo(address).map(([name, value]) => `${name}=${value}`);
  const agent: HeaderPairs = userAgent === '' || headerOf(headers, 'user-agent') !== undefined ? [] : [['User-Agent', userAgent]];
  const written = headerOf(headers, 'cookie');
  if (cookies.length === 0) return [...agent, ...headers];
  const others = headers.filter(([name]) => name.toLowerCase() !== 'cookie');
  return [...agent, ...others, ['Cookie', [...(written === undefined ? [] : [written]), ...cookies].join('; ')]];
}
