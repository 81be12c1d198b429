import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVERYTHING } from '../../../runners/agent/channel.ts';
import { onChannel, parseSockets, type TcpSocket, timeBytes } from '../../../runners/agent/tcp-sockets.ts';

const SS = `0      0            172.17.0.2:43046     172.17.0.3:5432  cubic wscale:7,7 rto:204 rtt:0.157/0.086 ato:40 mss:1448 bytes_sent:5200 bytes_retrans:200 bytes_acked:4801 bytes_received:19 segs_out:5
0      0             127.0.0.1:7000       127.0.0.1:50000 cubic rtt:0.02/0.01 bytes_sent:10 bytes_acked:10
0      0      [::ffff:10.0.0.5]:9090 [::ffff:10.0.0.9]:40000 cubic bytes_received:1
0      0           [fd00::1%eth0]:22        [fd00::2]:50123 cubic rtt:1000.5/3 bytes_sent:1 bytes_acked:2

`;

function socket(bytesSent: number, bytesAcked: number, roundTripMs?: number): TcpSocket {
  return { local: 'a', localPort: 1, peer: 'b', peerPort: 2, bytesSent, bytesAcked, roundTripMs };
}

test('connections are read with their addresses of either family, and bytes sent again are not counted twice', () => {
  const sockets = parseSockets(SS);
  assert.equal(sockets.length, 4);
  assert.deepEqual(sockets[0], {
    local: '172.17.0.2',
    localPort: 43046,
    peer: '172.17.0.3',
    peerPort: 5432,
    bytesSent: 5000,
    bytesAcked: 4801,
    roundTripMs: 0.157,
  });
  assert.deepEqual([sockets[2]?.local, sockets[2]?.peer, sockets[2]?.roundTripMs], ['10.0.0.5', '10.0.0.9', undefined]);
  assert.deepEqual([sockets[3]?.local, sockets[3]?.peer, sockets[3]?.roundTripMs], ['fd00::1', 'fd00::2', 1000.5]);
});

test('a channel has the connections to its addresses on its ports, at either end, and never loopback', () => {
  const sockets = parseSockets(SS);
  const ports = (addresses: readonly string[], on: readonly number[]) =>
    onChannel(sockets, { ...EVERYTHING, addresses, ports: on }).map((each) => each.peerPort);
  assert.deepEqual(ports([], []), [5432, 40000, 50123]);
  assert.deepEqual(ports(['172.17.0.0/16'], []), [5432]);
  assert.deepEqual(ports([], [9090, 5432]), [5432, 40000]);
  assert.deepEqual(ports(['10.0.0.9'], [5432]), []);
  assert.deepEqual(onChannel(sockets, { ...EVERYTHING, protocol: 'udp' }), []);
  assert.equal(onChannel(sockets, { ...EVERYTHING, spare: ['172.17.0.0/16'] }).length, 2);
});

test('bytes are timed from the look that saw them sent to the look that saw them acknowledged', () => {
  const timing = timeBytes();
  assert.deepEqual(timing.look([socket(100, 100)], 0), { acknowledgedMs: undefined, waitingMs: undefined, roundTripMs: undefined });
  assert.equal(timing.look([socket(150, 100)], 20).waitingMs, 0);
  assert.equal(timing.look([socket(200, 100)], 300).waitingMs, 280);
  const partly = timing.look([socket(200, 151, 480)], 520);
  assert.deepEqual(partly, { acknowledgedMs: 500, waitingMs: 220, roundTripMs: 480 });
  assert.deepEqual(timing.look([socket(200, 201)], 800), { acknowledgedMs: 500, waitingMs: undefined, roundTripMs: undefined });
});

test('bytes sent before the first look are not timed', () => {
  const timing = timeBytes();
  timing.look([socket(500, 100)], 0);
  assert.deepEqual(timing.look([socket(500, 500)], 1000), { acknowledgedMs: undefined, waitingMs: undefined, roundTripMs: undefined });
});
