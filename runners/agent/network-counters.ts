/**
 * What the kernel counts of a network namespace's own traffic (/proc/PID/net/snmp, netstat, snmp6): segments sent again,
 * packets with a wrong checksum, segments out of order. It knows nothing of what made them so. Pure but for the reading.
 */
import { readFileSync } from 'node:fs';

export interface NetworkCounters {
  /** TCP segments that were sent again. */
  readonly retransmitted: number;
  /** Received packets thrown away for their checksum: TCP, UDP, ICMP. */
  readonly wrongChecksums: number;
  /** TCP segments received before those that belong before them. */
  readonly outOfOrder: number;
  /** Times a peer's acknowledgements told that ours came out of order, or twice. */
  readonly toldByPeers: number;
}

const NAMES: Readonly<Record<keyof NetworkCounters, readonly string[]>> = {
  retransmitted: ['Tcp.RetransSegs'],
  wrongChecksums: ['Tcp.InCsumErrors', 'Udp.InCsumErrors', 'Icmp.InCsumErrors', 'Udp6InCsumErrors', 'Icmp6InCsumErrors'],
  outOfOrder: ['TcpExt.TCPOFOQueue'],
  toldByPeers: ['TcpExt.TCPSACKReorder', 'TcpExt.TCPTSReorder', 'TcpExt.TCPDSACKRecv', 'TcpExt.TCPDSACKOfoRecv'],
};

/** Reads them; those that the kernel does not have are 0. */
export function readCounters(pid: number): NetworkCounters {
  return countersIn(['snmp', 'netstat', 'snmp6'].map((file) => textOf(`/proc/${pid}/net/${file}`)).join('\n'));
}

/** From the text of the files: pairs of lines (`Tcp: names`, `Tcp: values`), and lines of a name and a value. */
export function countersIn(text: string): NetworkCounters {
  const values = new Map<string, number>();
  const names = new Map<string, readonly string[]>();
  for (const line of text.split('\n')) {
    const [first = '', ...rest] = line.trim().split(/\s+/);
    if (!first.endsWith(':')) {
      if (rest.length === 1) values.set(first, Number(rest[0]));
      continue;
    }
    const group = first.slice(0, -1);
    const known = names.get(group);
    if (known === undefined) names.set(group, rest);
    else for (const [index, name] of known.entries()) values.set(`${group}.${name}`, Number(rest[index]));
  }
  return counters((name) => NAMES[name].reduce((sum, each) => sum + (values.get(each) ?? 0), 0));
}

/** What came since. */
export function sinceThen(then: NetworkCounters, now: NetworkCounters): NetworkCounters {
  return counters((name) => now[name] - then[name]);
}

function counters(of: (name: keyof NetworkCounters) => number): NetworkCounters {
  return {
    retransmitted: of('retransmitted'),
    wrongChecksums: of('wrongChecksums'),
    outOfOrder: of('outOfOrder'),
    toldByPeers: of('toldByPeers'),
  };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
