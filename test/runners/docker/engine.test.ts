import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createServer as createSilentServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { engineAddresses } from '../../../runners/docker/address.ts';
import { connectEngine, engineAddress, settleVersion } from '../../../runners/docker/engine.ts';
import { FiredrillError } from '../../../runners/failure.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'firedrill-engine-'));
});
after(() => rm(folder, { recursive: true, force: true }));

describe('where the engine is', () => {
  test('DOCKER_HOST stands alone', () => {
    const found = engineAddresses({ DOCKER_HOST: 'tcp://10.1.2.3:2375', HOME: folder });
    assert.deepEqual(found, { chosen: 'DOCKER_HOST', addresses: ['tcp://10.1.2.3:2375'] });
  });

  test('without it, the usual sockets are tried in order', () => {
    const { chosen, addresses } = engineAddresses({ HOME: folder, XDG_RUNTIME_DIR: '/run/user/7' });
    assert.equal(chosen, undefined);
    assert.deepEqual(addresses.slice(0, 3), [
      'unix:///var/run/docker.sock',
      'unix:///run/user/7/docker.sock',
      `unix://${folder}/.docker/run/docker.sock`,
    ]);
  });

  test('a Docker context that is set stands alone too, and the default context does not count', async () => {
    const config = join(folder, 'config');
    const meta = join(config, 'contexts', 'meta', createHash('sha256').update('far').digest('hex'));
    await mkdir(meta, { recursive: true });
    await writeFile(join(meta, 'meta.json'), JSON.stringify({ Name: 'far', Endpoints: { docker: { Host: 'ssh://far.example' } } }));
    await writeFile(join(config, 'config.json'), JSON.stringify({ currentContext: 'far' }));
    assert.deepEqual(engineAddresses({ DOCKER_CONFIG: config }), { chosen: 'docker context', addresses: ['ssh://far.example'] });
    assert.equal(engineAddresses({ DOCKER_CONFIG: config, DOCKER_CONTEXT: 'default' }).chosen, undefined);
  });
});

describe('the API version', () => {
  test('is the one firedrill is written against where the engine has it', () => {
    assert.equal(settleVersion('1.52', '1.24'), '1.41');
    assert.equal(settleVersion('1.41', undefined), '1.41');
  });

  test('is the newest of an old engine, and the oldest of one that is too new', () => {
    assert.equal(settleVersion('1.40', '1.12'), '1.40');
    assert.equal(settleVersion('1.52', '1.44'), '1.44');
    assert.equal(settleVersion('1.9', '1.9'), '1.9');
  });
});

describe('connecting', () => {
  test('speaks to the engine of DOCKER_HOST in the settled version and remembers its address', async () => {
    const paths: string[] = [];
    const server = await listen(
      createServer((request, response) => {
        paths.push(request.url ?? '');
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ Version: '99.0', ApiVersion: '1.99', MinAPIVersion: '1.45' }));
      }),
    );
    try {
      const address = `tcp://127.0.0.1:${portOf(server)}`;
      const docker = await connectEngine({ DOCKER_HOST: address });
      await docker.version();
      assert.equal(engineAddress(docker), address);
      assert.deepEqual(paths, ['/version', '/v1.45/version']);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  test('a dead DOCKER_HOST is an error of exit code 7 that names it, though another engine may be there', async () => {
    const dead = `unix://${folder}/nothing.sock`;
    await assert.rejects(connectEngine({ DOCKER_HOST: dead, HOME: folder }), (error) => {
      assert(error instanceof FiredrillError);
      assert.equal(error.exitCode, 7);
      assert.match(error.message, /DOCKER_HOST/);
      assert(error.message.includes(dead));
      assert.match(error.hint ?? '', /unset DOCKER_HOST/);
      return true;
    });
  });

  test('a DOCKER_HOST that is no address is said to be none', async () => {
    await assert.rejects(connectEngine({ DOCKER_HOST: 'nonsense' }), /'?nonsense: is not an address; write it like unix/);
  });

  test('a socket that accepts and says nothing is given up at the limit', { timeout: 20_000 }, async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const path = join(folder, 'silent.sock');
    const accepted = Promise.withResolvers<void>();
    const silent = createSilentServer(() => accepted.resolve()).listen(path);
    try {
      const connecting = connectEngine({ DOCKER_HOST: `unix://${path}` });
      await accepted.promise;
      t.mock.timers.tick(5_000);
      await assert.rejects(connecting, /no answer from unix:.*silent\.sock in 5000 ms|timeout/i);
    } finally {
      silent.close();
    }
  });
});

async function listen(server: Server): Promise<Server> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  assert(address !== null && typeof address === 'object');
  return address.port;
}

test('an engine that is named by ssh needs the keys of an ssh-agent, and says so', async () => {
  await assert.rejects(
    connectEngine({ DOCKER_HOST: 'ssh://ops@127.0.0.1:1' }),
    /ssh-agent, and none runs; type: eval \$\(ssh-agent\) && ssh-add/,
  );
  await assert.rejects(connectEngine({ DOCKER_HOST: 'ssh://ops@127.0.0.1:1', SSH_AUTH_SOCK: '/nowhere/agent' }), /ECONNREFUSED|ENOENT/);
});
