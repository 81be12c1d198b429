/** What somebody else has set in a container's network, and which no fault may change by a byte. */
import assert from 'node:assert/strict';
import type Docker from 'dockerode';
import { inside } from './agent-stage.ts';

/** Rules with a chain whose name is nearly one of ours. */
const RULES = `*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:FIREDRILLISH - [0:0]
-A INPUT -p tcp -m tcp --dport 9999 -j DROP
-A OUTPUT -j FIREDRILLISH
-A FIREDRILLISH -p udp -m udp --dport 9999 -m comment --comment "FIREDRILL-like" -j ACCEPT
COMMIT
*mangle
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
-A OUTPUT -p tcp -m tcp --dport 9998 -j ACCEPT
COMMIT`;

/** The same rules for IPv4 and IPv6. */
export async function setRulesOfSomebody(docker: Docker, container: Docker.Container): Promise<void> {
  for (const program of ['iptables-nft-restore', 'ip6tables-nft-restore'])
    assert.equal(await inside(docker, container, [program], RULES), '');
}

/** A queueing discipline on the interface to its first network, wide enough to be felt by nobody. */
export async function setQdiscOfSomebody(docker: Docker, container: Docker.Container): Promise<void> {
  const tbf = ['tbf', 'rate', '1gbit', 'burst', '1mb', 'latency', '100ms'];
  assert.equal(await inside(docker, container, ['tc', 'qdisc', 'add', 'dev', 'eth0', 'root', 'handle', '77:', ...tbf]), '');
}
