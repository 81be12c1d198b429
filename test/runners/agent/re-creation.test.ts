import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lostPaths, recreationOf, volumesOf, type Whole } from '../../../runners/agent/re-creation.ts';

const ID = 'f2c7b50a91ce4d1a8f0f';

function whole(
  more: { config?: object; host?: object; networks?: Whole['NetworkSettings']['Networks']; mounts?: Whole['Mounts'] } = {},
): Whole {
  return {
    Id: ID,
    Name: '/shop_db_1',
    Image: 'sha256:abc',
    State: { Pid: 1, Running: true },
    Config: { Image: 'db:1', Hostname: ID.slice(0, 12), Env: ['A=b'], ...more.config },
    HostConfig: { NetworkMode: 'shop', Memory: 64, RestartPolicy: { Name: 'always' }, ...more.host },
    Mounts: more.mounts ?? [],
    NetworkSettings: { Networks: more.networks ?? {} },
  };
}

function endpoint(more: object = {}) {
  return { NetworkID: 'n', Aliases: null, Links: null, IPAMConfig: null, DriverOpts: null, ...more };
}

/** The body as the engine reads it. */
function bodyOf(made: Whole, image = 'db:1') {
  return JSON.parse(JSON.stringify(recreationOf(made, image).body));
}

test('name, image, configuration and limits are those that were found; a host name made of the id is left to the engine', () => {
  const made = whole();
  assert.equal(recreationOf(made, 'db:1').name, 'shop_db_1');
  assert.deepEqual(bodyOf(made), {
    Image: 'db:1',
    Env: ['A=b'],
    HostConfig: { NetworkMode: 'shop', Memory: 64, RestartPolicy: { Name: 'always' } },
  });
  assert.equal(bodyOf(whole({ config: { Hostname: 'db' } })).Hostname, 'db');
  assert.equal(bodyOf(made, 'sha256:abc').Image, 'sha256:abc');
});

test('it is created in its first network and connected to the others, with aliases, fixed addresses and drivers’ options', () => {
  const made = whole({
    networks: {
      back: endpoint({ NetworkID: 'n2', Aliases: [ID.slice(0, 12)], DriverOpts: { mtu: '9000' } }),
      shop: endpoint({ IPAMConfig: { IPv4Address: '10.1.0.9' }, Aliases: ['db', ID.slice(0, 12)], IPAddress: '10.1.0.9' }),
    },
  });
  assert.deepEqual(bodyOf(made).NetworkingConfig, {
    EndpointsConfig: { shop: { IPAMConfig: { IPv4Address: '10.1.0.9' }, Aliases: ['db'] } },
  });
  assert.deepEqual([...recreationOf(made, 'db:1').networks], [['back', { DriverOpts: { mtu: '9000' } }]]);
});

test('the default network, and one that was named by its id, are found again', () => {
  const standard = whole({ host: { NetworkMode: 'default' }, networks: { bridge: endpoint() } });
  assert.deepEqual(bodyOf(standard).NetworkingConfig, { EndpointsConfig: { bridge: {} } });
  const byId = whole({ host: { NetworkMode: 'n7' }, networks: { shop: endpoint({ NetworkID: 'n7' }) } });
  assert.deepEqual([bodyOf(byId).NetworkingConfig, recreationOf(byId, 'i').networks.size], [{ EndpointsConfig: { n7: {} } }, 0]);
});

test('a hardware address that was asked for is kept, of engines that say it by the network; one made of the address is not', () => {
  const mac = (MacAddress: string) =>
    bodyOf(whole({ networks: { shop: endpoint({ MacAddress, IPAddress: '172.18.0.5' }) } })).NetworkingConfig.EndpointsConfig.shop;
  assert.deepEqual(mac('02:42:ac:12:00:05'), {});
  assert.deepEqual(mac('02:00:00:00:00:01'), { MacAddress: '02:00:00:00:00:01' });
});

test('in another container’s network it has no endpoint, no host name and no ports of its own', () => {
  const made = bodyOf(whole({ host: { NetworkMode: 'container:x' }, config: { ExposedPorts: { '80/tcp': {} }, MacAddress: 'm' } }));
  assert.deepEqual(Object.keys(made).sort(), ['Env', 'HostConfig', 'Image']);
  for (const mode of ['host', 'none']) {
    assert.equal(bodyOf(whole({ host: { NetworkMode: mode }, networks: { [mode]: endpoint() } })).NetworkingConfig, undefined);
  }
});

test('volumes are mounted again: named ones as they were, those without a name by the name that the engine gave them', () => {
  const made = whole({
    host: { Binds: ['data:/data:ro', '/etc/x:/x'], Mounts: [{ Type: 'volume', Target: '/m' }] },
    mounts: [
      { Type: 'volume', Name: 'data', Destination: '/data', RW: false },
      { Type: 'bind', Destination: '/x' },
      { Type: 'volume', Name: 'c0ffee', Destination: '/cache', RW: true },
      { Type: 'volume', Name: 'beef', Destination: '/m', RW: true },
    ],
  });
  const { Binds, Mounts } = bodyOf(made).HostConfig;
  assert.deepEqual(Binds, ['data:/data:ro', '/etc/x:/x', 'c0ffee:/cache']);
  assert.deepEqual(Mounts, [{ Type: 'volume', Target: '/m', Source: 'beef' }]);
  assert.deepEqual(volumesOf(made), ['data', 'c0ffee', 'beef']);
});

test('links are told one way and taken another', () => {
  assert.deepEqual(bodyOf(whole({ host: { Links: ['/redis:/shop_db_1/cache'] } })).HostConfig.Links, ['redis:cache']);
});

test('lost is what was written outside mounts, not the folders on the way, not /run and /tmp', () => {
  const made = whole({ host: { Tmpfs: { '/scratch': '' } }, mounts: [{ Type: 'volume', Name: 'v', Destination: '/var/lib/db' }] });
  const changed = ['/var', '/var/lib', '/var/lib/db', '/run', '/run/db.pid', '/tmp', '/scratch', '/etc', '/etc/db', '/etc/db/new.conf'];
  assert.deepEqual(lostPaths(changed, made), ['/etc/db/new.conf']);
  assert.deepEqual(lostPaths(['/etcetera', '/etc'], made), ['/etcetera', '/etc']);
});
