/** The rules that lead connections to a program of ours, what goes past it, and what proves that requests were hit. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeHits } from '../../../runners/agent/operations/http-proof.ts';
import { removalFromSaved, removalOf } from '../../../runners/agent/packet-rules.ts';
import { connectionsPast, resettingFilter } from '../../../runners/agent/proxied-sockets.ts';
import { redirectRules } from '../../../runners/agent/redirect-rules.ts';
import type { TcpSocket } from '../../../runners/agent/tcp-sockets.ts';

const TAG = 'FIREDRILL-1a2b3c4d';

test('what comes in is led away by port and by whence it comes, in the chain of its own family', () => {
  const redirect = { protocol: 'tcp', port: 80, toPort: 4001 } as const;
  assert.equal(
    redirectRules(4, TAG, 'in', [{ ...redirect, addresses: ['10.0.0.1', 'fd00::1'] }]),
    `*nat
:${TAG}-IN - [0:0]
-A ${TAG}-IN -s 10.0.0.1 -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 4001
-I PREROUTING 1 -j ${TAG}-IN
COMMIT
`,
  );
  assert.match(
    redirectRules(6, TAG, 'in', [{ ...redirect, addresses: [] }]),
    /-A \S+-IN -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 4001/,
  );
});

test('what goes out spares our own programs, and its removal takes back exactly what was set', () => {
  const rules = redirectRules(4, TAG, 'out', [{ protocol: 'udp', port: 53, toPort: 4001, addresses: ['127.0.0.11'] }]);
  assert.equal(
    rules,
    `*nat
:${TAG}-OUT - [0:0]
-A ${TAG}-OUT -m owner --gid-owner 1178879745 -j RETURN
-A ${TAG}-OUT -d 127.0.0.11 -p udp -m udp --dport 53 -j REDIRECT --to-ports 4001
-I OUTPUT 1 -j ${TAG}-OUT
COMMIT
`,
  );
  assert.equal(removalOf(rules), `*nat\n-D OUTPUT -j ${TAG}-OUT\n-F ${TAG}-OUT\n-X ${TAG}-OUT\nCOMMIT\n`);
});

test('of a saved nat table only what is ours is taken away, the engine’s DNS rules stay', () => {
  const saved = `*nat
:OUTPUT ACCEPT [0:0]
:DOCKER_OUTPUT - [0:0]
:${TAG}-OUT - [0:0]
[3:180] -A OUTPUT -j ${TAG}-OUT
[3:180] -A OUTPUT -d 127.0.0.11/32 -j DOCKER_OUTPUT
[3:180] -A DOCKER_OUTPUT -d 127.0.0.11/32 -p udp -m udp --dport 53 -j DNAT --to-destination 127.0.0.11:44211
COMMIT
`;
  assert.equal(removalFromSaved(saved, TAG), `*nat\n-D OUTPUT -j ${TAG}-OUT\n-F ${TAG}-OUT\n-X ${TAG}-OUT\nCOMMIT\n`);
});

function socket(localPort: number, peer: string, peerPort: number): TcpSocket {
  return { local: '10.0.0.5', localPort, peer, peerPort, bytesSent: 0, bytesAcked: 0, roundTripMs: undefined };
}

test('connections past the proxy are those of others to the port itself', () => {
  const sockets = [
    socket(80, '10.0.0.9', 4000),
    socket(80, '10.0.0.5', 4001),
    socket(80, '127.0.0.1', 4002),
    socket(4444, '10.0.0.9', 4003),
  ];
  const asked = { direction: 'in', port: 80, addresses: [], own: ['10.0.0.5', '127.0.0.1'], open: 1 } as const;
  assert.equal(connectionsPast(sockets, asked), 1);
  assert.equal(connectionsPast(sockets, { ...asked, addresses: ['10.0.0.8'] }), 0);
});

test('of connections that go out, those through the proxy are there twice', () => {
  const sockets = [socket(4000, '10.0.9.1', 80), socket(4001, '10.0.9.1', 80), socket(4002, '10.0.9.1', 80), socket(4003, '10.0.9.2', 80)];
  const asked = { direction: 'out', port: 80, addresses: ['10.0.9.1'], own: [], open: 1 } as const;
  assert.equal(connectionsPast(sockets, asked), 1);
  assert.equal(connectionsPast(sockets, { ...asked, open: 2 }), 0);
});

test('a reset names the connections of others alone', () => {
  const own = ['10.0.0.5', 'fe80::1', '127.0.0.1'];
  assert.equal(
    resettingFilter({ direction: 'in', port: 80, addresses: [], own }),
    '( sport = :80 ) and not ( dst 127.0.0.0/8 or dst [::1] or dst 10.0.0.5 or dst [fe80::1] )',
  );
  assert.equal(
    resettingFilter({ direction: 'out', port: 80, addresses: ['10.0.9.1', 'fd00::9'], own }),
    '( dport = :80 ) and ( dst 10.0.9.1 or dst [fd00::9] )',
  );
});

const NONE = { connections: 0, open: 0, requests: 0, matched: 0, hit: 0, other: 0, released: 0, heldMs: 0 };

test('a hit proves it, and says what share of what matched it was and how long it was held', () => {
  const judged = judgeHits({ resetOpen: false }, { ...NONE, connections: 3, requests: 9, matched: 6, hit: 2, released: 2, heldMs: 805 }, 1);
  assert.equal(judged.proven, true);
  assert.equal(
    judged.evidence,
    '2 of 6 requests that matched were hit, held 402.5 ms on average; 3 connections came through the proxy; 1 that were open before go past it',
  );
  assert.equal(judged.facts['meanHeldMs'], 402.5);
});

test('without a hit it is not proven, and the reason is the nearest one', () => {
  const why = (counts: object, past = 0, resetOpen = false) => {
    const judged = judgeHits({ resetOpen }, { ...NONE, ...counts }, past);
    assert.equal(judged.proven, false);
    return judged.evidence;
  };
  assert.match(why({}, 2), /^no connection came through the proxy; with `open-connections: reset`.*; 2 that were open before go past it$/);
  assert.match(why({}, 2, true), /2 that were open before could not be reset/);
  assert.match(why({ connections: 1, other: 1 }), /^no request of HTTP\/1.x came; .*not HTTP/);
  assert.match(why({ connections: 1, requests: 4 }), /^none of 4 requests matched/);
  assert.match(why({ connections: 1, requests: 4, matched: 3 }), /^none of the 3 requests that matched was hit/);
});
