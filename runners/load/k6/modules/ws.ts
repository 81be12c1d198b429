/**
 * `k6/ws`, for one virtual user: `connect` stands still until the connection has ended, and calls the script's functions
 * in the meantime, one after the other, each waited for.
 */
import type { ScriptHost } from '../host.ts';
import { cookiesSetBy } from './http/cookie.ts';
import type { CookieJar } from './http/cookie-jar.ts';
import { headersAsObject } from './http/headers.ts';
import { parseUrl } from './http/url.ts';
import { readSocketParams, type SocketParams, socketHeaders } from './ws/params.ts';
import { Session } from './ws/session.ts';

export type WsHost = Pick<ScriptHost, 'inInit' | 'facts' | 'http' | 'sample' | 'log' | 'sockets'>;

/** What the upgrade came to. */
export interface SocketResponse {
  readonly url: string;
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly error: string;
}

/** `jar` gives the cookies of the iteration. */
export function wsModule(host: WsHost, jar: () => CookieJar) {
  const connect = async (target: unknown, ...rest: readonly unknown[]): Promise<SocketResponse> => {
    const [given, setUp] = rest.length > 1 ? rest : [undefined, rest[0]];
    if (host.inInit) throw new Error('using WebSockets in the init context is not supported');
    if (typeof setUp !== 'function') throw new TypeError('ws.connect() needs a function as its last argument, which is given the socket');
    const params = readSocketParams(given, jar());
    const url = String(target);
    const address = /^wss?:/i.test(url) ? parseUrl(url.replace(/^ws/i, 'http')) : undefined;
    if (!address) throw new TypeError(`'${url}' is no address of a WebSocket; write it like ws://127.0.0.1:8080/path`);
    const headers = socketHeaders(params, address, host.http.userAgent);
    const opening = await host.sockets.open({ url, headers, compress: params.compress });
    for (const cookie of cookiesSetBy(opening.headers)) params.jar.keep(address, cookie);
    const session = new Session(host, opening, tagsOfSession(host, url, params, opening));
    await session.run(setUp);
    if (opening.error !== '' && host.http.throws) throw new Error(`${url}: ${opening.error}`);
    if (opening.error !== '') host.log('warn', `WebSocket ${params.name ?? url}: ${opening.error}`);
    return { url, status: opening.status, headers: headersAsObject(opening.headers), body: opening.body, error: opening.error };
  };
  return { connect };
}

/** k6's system tags, as far as the test wants them, under the script's own. */
function tagsOfSession(
  { http }: WsHost,
  url: string,
  { name = url, tags }: SocketParams,
  { status, subprotocol }: { readonly status: number; readonly subprotocol: string },
): Readonly<Record<string, string>> {
  const system = { method: 'GET', url: name, name, status: String(status), subproto: subprotocol };
  const said = Object.entries(system).filter(([tag, value]) => value !== '' && http.systemTags.has(tag));
  return { ...tags, ...Object.fromEntries(said) };
}
