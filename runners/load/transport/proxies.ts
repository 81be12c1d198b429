/** Proxies as the environment names them: HTTP_PROXY, HTTPS_PROXY, NO_PROXY, in capitals or not, with Go's rules, hence k6's. */
import net from 'node:net';
import { EXIT, FiredrillError } from '../../failure.ts';
import type { Origin } from './engine.ts';
import { userOf } from './origin.ts';

export interface HttpProxy {
  /** Spoken to over TLS. */
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  /** What `Proxy-Authorization` says; empty for nothing. */
  readonly authorization: string;
}

/** The proxy on the way to an origin, if there is one. */
export type ProxyChoice = (origin: Origin) => HttpProxy | undefined;

/** Loopback, `localhost` and Unix sockets are never asked for through a proxy. Throws FiredrillError `load.proxy` where a proxy's URL is none. */
export function proxiesFrom(environment: Readonly<Record<string, string | undefined>>): ProxyChoice {
  const value = (name: string) => environment[name] || environment[name.toLowerCase()] || '';
  const plain = value('HTTP_PROXY') === '' ? undefined : parseProxy(value('HTTP_PROXY'), 'HTTP_PROXY');
  const secure = value('HTTPS_PROXY') === '' ? undefined : parseProxy(value('HTTPS_PROXY'), 'HTTPS_PROXY');
  const spared = value('NO_PROXY')
    .split(',')
    .map((each) => each.trim().toLowerCase())
    .filter((each) => each !== '');
  return (origin) => {
    const proxy = origin.secure ? secure : plain;
    if (!proxy || origin.socketPath !== undefined || isLoopback(origin.hostname)) return undefined;
    return spared.some((rule) => spares(rule, origin)) ? undefined : proxy;
  };
}

/** One proxy for everything, loopback included. Throws as `proxiesFrom` does. */
export function proxyForAll(url: string): ProxyChoice {
  const proxy = parseProxy(url, 'proxy');
  return ({ socketPath }) => (socketPath === undefined ? proxy : undefined);
}

function parseProxy(text: string, where: string): HttpProxy {
  const written = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (!url || url.hostname === '' || !/^https?:$/.test(url.protocol)) {
    throw new FiredrillError('load.proxy', `${where} is '${text.replace(/\/\/.*@/, '//')}', which is no proxy that load can go through`, {
      hint: 'write http://host:port or https://host:port; others, such as SOCKS, are not spoken',
      exitCode: EXIT.usageWrong,
    });
  }
  const secure = url.protocol === 'https:';
  const user = userOf(url);
  return {
    secure,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    authorization: user === ':' ? '' : `Basic ${Buffer.from(user).toString('base64')}`,
  };
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '::1' || (net.isIPv4(hostname) && hostname.startsWith('127.'));
}

/** `*`; an address or a range of them; a name with all below it, or only those below where it begins with a dot; each with a port or without. */
function spares(rule: string, { hostname, port }: Origin): boolean {
  if (rule === '*') return true;
  const [, range, bits] = /^([^/]+)\/(\d+)$/.exec(rule) ?? [];
  if (range !== undefined) return inRange(hostname, range, Number(bits));
  const [, host = rule, only] = net.isIPv6(rule) ? [] : (/^(.*?)(?::(\d+))?$/.exec(rule) ?? []);
  if (only !== undefined && Number(only) !== port) return false;
  const name = host.replace(/^\[|\]$/g, '').replace(/^\*/, '');
  if (net.isIP(hostname) !== 0) return name === hostname;
  const asked = hostname.toLowerCase();
  return name.startsWith('.') ? asked.endsWith(name) : asked === name || asked.endsWith(`.${name}`);
}

function inRange(hostname: string, range: string, bits: number): boolean {
  const family = net.isIPv6(range) ? 'ipv6' : 'ipv4';
  if (net.isIP(range) === 0 || net.isIP(hostname) === 0 || bits > (family === 'ipv6' ? 128 : 32)) return false;
  const list = new net.BlockList();
  list.addSubnet(range, bits, family);
  return list.check(hostname, net.isIPv6(hostname) ? 'ipv6' : 'ipv4');
}
