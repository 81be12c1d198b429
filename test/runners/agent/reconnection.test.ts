/** In which order containers come back to their networks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NetworkPlace } from '../../../runners/agent/endpoints.ts';
import { bringingBack, nextOf } from '../../../runners/agent/reconnection.ts';

function place(network: string, IPAddress: string): NetworkPlace {
  return { network, endpoint: { NetworkID: network, IPAddress, IPAMConfig: null, DriverOpts: null } };
}

/** An engine that gives out the lowest free address of each network, like libnetwork's. */
function engineWith(free: Readonly<Record<string, readonly string[]>>) {
  const left = new Map(Object.entries(free));
  return (network: string) => {
    const [address, ...others] = left.get(network) ?? [];
    left.set(network, others);
    return address;
  };
}

test('the lowest address of a network goes first, by number and not by letter', () => {
  assert.equal(nextOf([[place('a', '10.0.0.10')], [place('a', '10.0.0.9')]]), 1);
  assert.equal(nextOf([[place('a', '10.0.0.2')], [place('b', '10.0.0.1')]]), 0);
});

test('one whose next network is waited for by a lower address waits, also where that one has another network to take before', () => {
  const upper = [place('a', '10.0.0.3')];
  const lower = [place('b', '10.1.0.2'), place('a', '10.0.0.2')];
  assert.equal(nextOf([upper, lower]), 1);
});

test('where two networks wait for each other somebody goes first', () => {
  const one = [place('a', '10.0.0.3'), place('b', '10.1.0.2')];
  const other = [place('b', '10.1.0.3'), place('a', '10.0.0.2')];
  assert.equal(nextOf([one, other]), 0);
});

test('those that come back together get their own addresses again, in whatever order they are ready, and one whose places cannot be read fails alone', async () => {
  const give = engineWith({ a: ['10.0.0.2', '10.0.0.5', '10.0.0.9'], b: ['10.1.0.2', '10.1.0.3'] });
  const got: string[] = [];
  const bringBack = bringingBack();
  const coming = (afterMs: number, ...places: readonly NetworkPlace[]) =>
    bringBack({
      places: new Promise((resolve) => setTimeout(() => resolve(places), afterMs)),
      async putBack({ network, endpoint }) {
        const given = give(network);
        assert.equal(given, endpoint.IPAddress);
        got.push(`${network} ${given}`);
      },
    });
  const unread = bringBack({ places: Promise.reject(new Error('no engine')), putBack: () => assert.fail('it has no places') });
  const refused = assert.rejects(unread, /no engine/);
  await Promise.all([
    coming(1, place('a', '10.0.0.5'), place('b', '10.1.0.2')),
    coming(20, place('a', '10.0.0.2')),
    coming(5, place('b', '10.1.0.3'), place('a', '10.0.0.9')),
    refused,
  ]);
  assert.equal(got.length, 5);
});

test('one on whose container the engine hangs loses its turn, and is waited for by itself alone', async () => {
  const hanging = Promise.withResolvers<void>();
  const bringBack = bringingBack(20);
  const got: string[] = [];
  const stuck = bringBack({ places: Promise.resolve([place('a', '10.0.0.2')]), putBack: () => hanging.promise });
  await bringBack({
    places: Promise.resolve([place('a', '10.0.0.3')]),
    putBack: async ({ endpoint }) => void got.push(endpoint.IPAddress ?? ''),
  });
  assert.deepEqual(got, ['10.0.0.3']);
  const isOver = async () => Promise.race([stuck.then(() => true), new Promise((resolve) => setTimeout(resolve, 10, false))]);
  assert.equal(await isOver(), false);
  hanging.resolve();
  assert.equal(await isOver(), true);
});
