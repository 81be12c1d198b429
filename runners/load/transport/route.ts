/** How to get to an origin: the address that is dialled, the proxy in between, TLS, and the protocols that may be spoken. */
import net, { type LookupFunction } from 'node:net';
import tls from 'node:tls';
import { EXIT, FiredrillError } from '../../failure.ts';
import type { Origin } from './engine.ts';
import { type HostOverrides, overriddenAddress } from './host-overrides.ts';
import type { HttpProxy, ProxyChoice } from './proxies.ts';

/** `auto` lets ALPN decide; `only` without TLS speaks HTTP/2 from the first byte (prior knowledge). */
export type Http2Use = 'auto' | 'never' | 'only';

export interface RouteOptions {
  /** On top of TLS's own defaults, under which certificates are checked. */
  readonly tls?: tls.ConnectionOptions | undefined;
  /** Default `auto`. */
  readonly http2?: Http2Use | undefined;
  readonly hosts?: HostOverrides | undefined;
  /** Default: none. */
  readonly proxy?: ProxyChoice | undefined;
  /** Default: the system's. */
  readonly lookup?: LookupFunction | undefined;
}

/** All that a scenario may say of its connections. */
export interface ConnectOptions extends RouteOptions {
  /** Sends a job anew, once, when a connection that had rested turns out dead: what Go's transport, hence k6, does. Default true. */
  readonly retryRested?: boolean | undefined;
}

export interface Route {
  readonly origin: Origin;
  readonly address: net.NetConnectOpts;
  readonly proxy: HttpProxy | undefined;
  /** Undefined without TLS. */
  readonly tls: tls.ConnectionOptions | undefined;
  readonly http2: Http2Use;
  /** The connection may turn out to carry many requests. */
  readonly maybeHttp2: boolean;
}

const ALPN: Readonly<Record<Http2Use, string[]>> = { auto: ['h2', 'http/1.1'], never: ['http/1.1'], only: ['h2'] };

/**
 * Throws FiredrillError `load.tls` where certificates or keys cannot be read, `load.hosts` where the host is led to no
 * address, `load.proxy` where HTTP/2 alone is to go through a proxy without TLS: it would take the first byte for HTTP/1.1.
 */
export function routeTo(origin: Origin, options: RouteOptions = {}): Route {
  const { http2 = 'auto' } = options;
  const proxy = options.proxy?.(origin);
  if (proxy && !origin.secure && http2 === 'only') {
    throw new FiredrillError(
      'load.proxy',
      `${origin.text} cannot be asked over HTTP/2 through the proxy ${proxy.host}:${proxy.port} without TLS`,
      {
        hint: 'write https:// URLs, http2: auto, or proxy: none',
        exitCode: EXIT.experimentWrong,
      },
    );
  }
  return {
    origin,
    address: addressOf(origin, proxy, options),
    proxy,
    tls: origin.secure ? tlsOf(origin, options) : undefined,
    http2,
    maybeHttp2: http2 === 'only' || (http2 === 'auto' && origin.secure),
  };
}

function addressOf(origin: Origin, proxy: HttpProxy | undefined, { hosts, lookup }: RouteOptions): net.NetConnectOpts {
  const { hostname, port, socketPath } = origin;
  if (socketPath !== undefined) return { path: socketPath };
  const more = lookup ? { lookup } : {};
  if (proxy) return { host: proxy.host, port: proxy.port, ...more };
  const address = hosts ? overriddenAddress(hosts, hostname, port) : undefined;
  return { host: address?.host ?? hostname, port: address?.port ?? port, ...more };
}

/** What TLS needs, with certificates and keys read once for all connections. */
function tlsOf({ hostname }: Origin, { tls: given = {}, http2 = 'auto' }: RouteOptions): tls.ConnectionOptions {
  const servername = net.isIP(hostname) === 0 ? { servername: hostname } : {};
  try {
    const secureContext = tls.createSecureContext(given);
    return { ALPNProtocols: ALPN[http2], ...servername, ...given, secureContext };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new FiredrillError('load.tls', `the TLS settings for ${hostname} cannot be used: ${message}`, {
      hint: 'look at ca, cert, key, passphrase, ciphers, and the lowest and highest version',
      exitCode: EXIT.experimentWrong,
      cause: error,
    });
  }
}
