import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { canaryFor, isExhausted, isFit } from '../../../runners/agent/descriptor-canary.ts';

const service = (taken: number, closed = 0) => ({ taken, closed, says: '' });

test('a server that takes none, or closes what it takes, shows nothing as it is', () => {
  assert.deepEqual([service(1), service(0), service(3, 1)].map(isFit), [true, false, false]);
});

test('one that took all is exhausted when some wait, or are closed at once; one that was busy only when none is taken', () => {
  assert.equal(isExhausted(service(7), service(7), 7), false);
  assert.equal(isExhausted(service(6), service(7), 7), true);
  assert.equal(isExhausted(service(7, 1), service(7), 7), true);
  assert.equal(isExhausted(service(3), service(4), 7), false);
  assert.equal(isExhausted(service(0), service(4), 7), true);
});

test('looked at is a port on which one of these processes listens, with more connections than they may open; none is a clear word', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const { listener, count } = canaryFor(process.pid, { pids: [process.pid], port, leave: 3 });
    assert.deepEqual([listener.address, listener.port, count], ['127.0.0.1', port, 5]);
    assert.throws(() => canaryFor(process.pid, { pids: [process.pid], port, leave: 5_000 }), /more than 5000: leave less/);
    assert.throws(
      () => canaryFor(process.pid, { pids: [process.ppid], port, leave: 0 }),
      new RegExp(`none of these processes listens on port ${port}`),
    );
  } finally {
    server.close();
  }
});
