import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, test } from 'node:test';
import { composeFailure, portIn } from '../../../runners/docker/compose-failure.ts';
import { listenerOf } from '../../../runners/docker/listener.ts';

const SAYINGS = [
  'ERROR: for front  Cannot start service front: driver failed programming external connectivity on endpoint fabric_front_1 (0ab1): Bind for 127.0.0.1:8080 failed: port is already allocated',
  'Error response from daemon: driver failed programming external connectivity on endpoint x: Error starting userland proxy: listen tcp4 127.0.0.1:8080: bind: address already in use',
  'Error response from daemon: failed to set up container networking: driver failed programming external connectivity on endpoint x: failed to bind host port for 127.0.0.1:8080:172.18.0.2:80/tcp: address already in use',
  'Error response from daemon: Ports are not available: exposing port TCP 127.0.0.1:8080 -> 0.0.0.0:0: listen tcp 127.0.0.1:8080: bind: address already in use',
];

describe('what Compose says', () => {
  for (const saying of SAYINGS) {
    test(`the port is found in: ${saying.slice(0, 60)}…`, () => assert.equal(portIn(saying), 8080));
  }

  test('a port that is taken is named together with the process that listens on it', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    assert(address !== null && typeof address === 'object');
    try {
      const output = `Error: listen tcp4 127.0.0.1:${address.port}: bind: address already in use`;
      const error = await composeFailure({ docker: {}, file: 'compose.yaml', output });
      assert.equal(error.exitCode, 7);
      assert.equal(error.code, 'port-taken');
      assert.match(error.message, new RegExp(`^Port ${address.port} is taken by process ${process.pid} `));
    } finally {
      server.close();
    }
  });

  test('a container that publishes the port is named before any process', async () => {
    const docker = { listContainers: () => Promise.resolve([{ Names: ['/shop_web_1'], Ports: [{ PublicPort: 8080 }] }]) };
    assert.equal(await listenerOf(docker, 8080), 'container shop_web_1');
  });

  test('a full disk is told as one', async () => {
    const error = await composeFailure({ docker: {}, file: 'c.yaml', output: 'write /var/lib/x: no space left on device' });
    assert.deepEqual([error.code, error.exitCode], ['disk-full', 7]);
  });

  test('an image that is nowhere is named', async () => {
    const error = await composeFailure({
      docker: {},
      file: 'c.yaml',
      output: 'Pulling a\nERROR: pull access denied for my/image, repository does not exist',
    });
    assert.equal(error.code, 'image-missing');
    assert.match(error.message, /my\/image/);
  });

  test('anything else is shown by its last lines', async () => {
    const error = await composeFailure({ docker: {}, file: 'c.yaml', output: 'one\n\nservices.web.imag: additional property\n' });
    assert.equal(error.code, 'compose-failed');
    assert.match(error.message, /services\.web\.imag/);
  });
});
