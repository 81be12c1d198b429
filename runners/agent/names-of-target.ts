/** How a target finds addresses by name: its hosts file and its name servers, read from its own root. Pure but for the reading. */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';

export interface Names {
  readonly hosts: Readonly<Record<string, string>>;
  readonly nameServers: readonly string[];
}

export function namesOf(pid: number): Names {
  return { hosts: hostsIn(readEtc(pid, 'hosts')), nameServers: nameServersIn(readEtc(pid, 'resolv.conf')) };
}

/** Addresses by name; the first line that has a name counts. */
export function hostsIn(text: string): Readonly<Record<string, string>> {
  const hosts: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    for (const name of names) hosts[name] ??= address ?? '';
  }
  return hosts;
}

/** The addresses that a resolv.conf(5) names; those of an interface (`fe80::1%eth0`) can be neither asked from elsewhere nor led there, and are left out. */
export function nameServersIn(text: string): readonly string[] {
  return [...text.matchAll(/^[ \t]*nameserver[ \t]+(\S+)/gm)].flatMap(([, address = '']) =>
    isIP(address) > 0 && !address.includes('%') ? [address] : [],
  );
}

function readEtc(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/root/etc/${name}`, 'utf8');
  } catch {
    return '';
  }
}
