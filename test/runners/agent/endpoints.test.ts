import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Connected,
  differences,
  inInterfaceOrder,
  isFixed,
  macsIn,
  placeNow,
  placesToLeave,
  withItsAddresses,
} from '../../../runners/agent/endpoints.ts';
import type { Endpoint } from '../../../runners/agent/re-creation.ts';

const ID = 'abcdef0123456789';

function endpoint(name: string, more: Partial<Endpoint> = {}): Endpoint {
  return {
    NetworkID: `id-${name}`,
    IPAMConfig: null,
    DriverOpts: null,
    MacAddress: `02:42:0a:00:00:0${name.length}`,
    IPAddress: '10.0.0.2',
    Aliases: ['web', 'abcdef012345'],
    ...more,
  };
}

function connected(more: Partial<Connected['HostConfig']> = {}): Connected {
  return {
    Id: ID,
    Image: 'sha256:1',
    State: { Running: true },
    Config: { Labels: { 'com.docker.compose.project': 'shop' } },
    HostConfig: { NetworkMode: 'shop_front', ...more },
    NetworkSettings: { Networks: { shop_front: endpoint('front'), shop_data: endpoint('data') } },
  };
}

function names(whole: Connected, asked?: string): readonly string[] {
  return placesToLeave(whole, asked).map(({ network }) => network);
}

test('a network is named as the engine does, or as Compose does, and without a name all are meant', () => {
  assert.deepEqual(names(connected()), ['shop_front', 'shop_data']);
  assert.deepEqual(names(connected(), 'shop_data'), ['shop_data']);
  assert.deepEqual(names(connected(), 'data'), ['shop_data']);
  assert.throws(() => names(connected(), 'backstage'), /not on the network 'backstage'; it is on: shop_front, shop_data/);
});

test('a container without a network of its own is refused, and so is one whose port would be another afterwards', () => {
  for (const NetworkMode of ['host', 'none', 'container:other'])
    assert.throws(() => names(connected({ NetworkMode })), /no network of its own/);
  for (const HostPort of ['', '0', '8000-8010']) {
    assert.throws(() => names(connected({ PortBindings: { '80/tcp': [{ HostPort }] } })), /port 80\/tcp/);
  }
  assert.throws(() => names(connected({ PublishAllPorts: true })), /all of them/);
  assert.equal(names(connected({ PortBindings: { '80/tcp': [{ HostPort: '8080' }] } })).length, 2);
});

test('places are in the order of the kernel’s interfaces, and one that it does not tell comes last', () => {
  const links =
    '2: eth0: <UP> link/ether 02:42:0a:00:00:04 brd ff\\ \n1: lo: link/loopback 00:00:00:00:00:00\n3: eth1: link/ether 02:42:0a:00:00:05 brd ff\n';
  assert.deepEqual(macsIn(links), ['02:42:0a:00:00:04', '02:42:0a:00:00:05']);
  const places = ['elsewhere', 'front', 'data'].map((name) => ({ network: name, endpoint: endpoint(name) }));
  assert.deepEqual(
    inInterfaceOrder(places, macsIn(links)).map(({ network }) => network),
    ['data', 'front', 'elsewhere'],
  );
});

test('a place differs by its aliases, and while it runs by its addresses; the id as an alias is the engine’s own', () => {
  const place = { network: 'front', endpoint: endpoint('front', { GlobalIPv6Address: 'fd00::2' }) };
  assert.deepEqual(differences({ ...place.endpoint, Aliases: ['web'] }, place, ID, true), []);
  const now = { ...place.endpoint, Aliases: [], IPAddress: '10.0.0.9', GlobalIPv6Address: '' };
  assert.deepEqual(differences(now, place, ID, true), [
    'aliases none instead of web',
    'IPv4 address 10.0.0.9 instead of 10.0.0.2',
    'IPv6 address none instead of fd00::2',
  ]);
  assert.equal(differences(now, place, ID, false).length, 1);
});

test('a place is found again by the network’s id, whatever its name', () => {
  const whole = connected();
  assert.equal(placeNow(whole, { network: 'renamed', endpoint: endpoint('data') })?.NetworkID, 'id-data');
  assert.equal(placeNow(whole, { network: 'gone', endpoint: endpoint('gone') }), undefined);
});

test('only addresses that a person fixed must be the same again, but all are asked for', () => {
  assert.equal(isFixed(endpoint('front')), false);
  assert.equal(isFixed(endpoint('front', { IPAMConfig: { IPv4Address: '10.0.0.2' } })), true);
  assert.deepEqual(withItsAddresses(endpoint('front', { GlobalIPv6Address: 'fd00::2' }), ID), {
    Aliases: ['web'],
    MacAddress: '02:42:0a:00:00:05',
    IPAMConfig: { IPv4Address: '10.0.0.2', IPv6Address: 'fd00::2' },
  });
});
