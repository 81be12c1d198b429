/** Names that lead elsewhere than DNS says, k6's `hosts`: by name, `name:port` or `*.name`, to an address with or without a port. */
import net from 'node:net';
import { EXIT, FiredrillError } from '../../failure.ts';

export interface HostAddress {
  readonly host: string;
  readonly port: number;
}

export type HostOverrides = Readonly<Record<string, string>>;

/** The most exact entry counts: a name before a wildcard, the longest of these, and of the same those with the port. Throws FiredrillError `load.hosts` where it leads to no address. */
export function overriddenAddress(overrides: HostOverrides, hostname: string, port: number): HostAddress | undefined {
  const name = hostname.toLowerCase();
  for (const pattern of patternsOf(name)) {
    for (const key of [`${pattern}:${port}`, pattern]) {
      const found = Object.entries(overrides).find(([each]) => each.toLowerCase() === key);
      if (!found) continue;
      const address = parseHostAddress(found[1], port);
      if (address) return address;
      throw new FiredrillError('load.hosts', `hosts leads ${found[0]} to '${found[1]}', which is no address`, {
        hint: 'write an address with or without a port, like 127.0.0.1:8443 or [::1]:8443',
        exitCode: EXIT.experimentWrong,
      });
    }
  }
  return undefined;
}

function patternsOf(name: string): readonly string[] {
  const patterns = [net.isIPv6(name) ? `[${name}]` : name];
  if (net.isIP(name) !== 0) return [...patterns, name];
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) patterns.push(`*${name.slice(dot)}`);
  return [...patterns, '*'];
}

/** `host`, `host:port`, `[v6]:port` or a bare IPv6 address. */
export function parseHostAddress(text: string, defaultPort: number): HostAddress | undefined {
  if (net.isIPv6(text)) return { host: text, port: defaultPort };
  const [, v6, name, digits] = /^(?:\[([^\]]+)\]|([^:[\]/]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = v6 ?? name;
  const port = digits === undefined ? defaultPort : Number(digits);
  if (host === undefined || (v6 !== undefined && !net.isIPv6(v6)) || port < 1 || port > 65_535) return undefined;
  return { host, port };
}
