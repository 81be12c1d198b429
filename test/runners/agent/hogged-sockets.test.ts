import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectedSockets, heldBy, hoggedFrom, ipv4Listeners, listenerOn, sourceOf } from '../../../runners/agent/hogged-sockets.ts';

/** Lines as the kernel writes them: a listener on 0.0.0.0:7000, one on :::8080, one on 10.0.0.5:9000, and connections from 127.1.2.3. */
const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:1B58 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0
   1: 0500000A:2328 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 100 0 0 10 0
   2: 0100007F:1B58 0302017F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 4713 1 0 100 0 0 10 0
   3: 0100007F:1B58 0302017F:9C41 01 00000000:00000000 00:00000000 00000000     0        0 0 1 0 100 0 0 10 0
   4: 0302017F:9C40 0100007F:1B58 01 00000000:00000000 00:00000000 00000000     0        0 4714 1 0 100 0 0 10 0
   5: 0100007F:1B58 0400000A:9C42 01 00000000:00000000 00:00000000 00000000     0        0 4715 1 0 100 0 0 10 0
   6: 0100007F:1B58 0302017F:9C43 08 00000000:00000000 00:00000000 00000000     0        0 4716 1 0 100 0 0 10 0
`;
const TCP6 = `  sl  local_address                         remote_address                        st
   0: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 5711 1
   1: 0000000000000000FFFF00000100007F:1F90 0000000000000000FFFF00000302017F:9C50 01 00000000:00000000 00:00000000 00000000     0        0 5712 1
   2: 00000000000000000000000001000000:2329 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 5713 1
`;

test('a listener is found on any address, on both families at once, and on one address; one for IPv6 alone is none', () => {
  assert.deepEqual(listenerOn(7000, [TCP, TCP6]), { address: '127.0.0.1', port: 7000, inode: '4711' });
  assert.deepEqual(listenerOn(8080, [TCP, TCP6]), { address: '127.0.0.1', port: 8080, inode: '5711' });
  assert.deepEqual(listenerOn(9000, [TCP, TCP6]), { address: '10.0.0.5', port: 9000, inode: '4712' });
  assert.equal(listenerOn(9001, [TCP, TCP6]), undefined);
  assert.equal(listenerOn(7001, [TCP, TCP6]), undefined);
  assert.deepEqual(
    ipv4Listeners([TCP, TCP6]).map(({ port }) => port),
    [7000, 9000, 8080],
  );
});

test('connections from the hog’s address are counted, those that the program took apart; others’ and closing ones are not', () => {
  assert.deepEqual(hoggedFrom('127.1.2.3', 7000, [TCP, TCP6]), { established: 2, accepted: 1 });
  assert.deepEqual(hoggedFrom('127.1.2.3', 8080, [TCP, TCP6]), { established: 1, accepted: 1 });
  assert.equal(heldBy('127.1.2.3', [TCP, TCP6]), 1);
  assert.equal(heldBy('127.9.9.9', [TCP, TCP6]), 0);
});

test('connections are told from listeners, whatever their state, and those that nobody has taken have no number', () => {
  assert.deepEqual([...connectedSockets([TCP])], ['4713', '4714', '4715', '4716']);
});

test('each operation speaks from an address of its own, which is never the ordinary loopback', () => {
  assert.equal(sourceOf('FIREDRILL-00000000'), '127.1.0.1');
  assert.equal(sourceOf('FIREDRILL-ffffffff'), '127.2.255.2');
  assert.notEqual(sourceOf('FIREDRILL-0a0b0c0d'), sourceOf('FIREDRILL-0a0b0d0d'));
});
