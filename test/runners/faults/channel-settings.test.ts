import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { channelOf, channelSettings } from '../../../runners/faults/channel-settings.ts';
import type { FaultContext, Target } from '../../../runners/faults/fault.ts';
import { plannedTarget as target } from '../../helpers/planned-target.ts';

const CLIENT = target('client', '10.0.0.1', 'fd00::1');
const SELECTIONS: Readonly<Record<string, readonly Target[]>> = {
  clients: [CLIENT],
  primary: [target('primary', '10.0.9.1', 'fd00::9')],
  nowhere: [target('nowhere')],
};
const CONTEXT: FaultContext = { targets: [CLIENT], select: (name) => SELECTIONS[name] ?? [], seed: 1 };

function planned(settings: object, spare: readonly string[] = []) {
  return channelOf(z.strictObject(channelSettings).parse(settings), CONTEXT, spare);
}

test('a channel is about everything unless it is narrowed', () => {
  const { channel, others, where } = planned({});
  assert.deepEqual(channel, { addresses: [], ports: [], protocol: 'any', direction: 'both', spare: [] });
  assert.deepEqual([others, where], [[], '']);
});

test('a channel has the addresses of both families at its other end, and says in words what it is about', () => {
  const { channel, others, where } = planned({
    to: 'primary',
    addresses: ['192.0.2.0/24'],
    ports: [5432],
    protocol: 'tcp',
    interface: 'eth0',
  });
  assert.deepEqual(channel.addresses, ['10.0.9.1', 'fd00::9', '192.0.2.0/24']);
  assert.equal(channel.interface, 'eth0');
  assert.deepEqual(
    others.map((each) => each.name),
    ['primary'],
  );
  assert.equal(where, ' with primary and 192.0.2.0/24 on port 5432 by tcp through eth0');
});

test('contradictions are refused, each with a hint', () => {
  const refused = (code: string, settings: object, spare: readonly string[] = []) =>
    assert.throws(
      () => planned(settings, spare),
      (error: { code?: string; hint?: string }) => {
        assert.equal(error.code, code);
        return (error.hint ?? '') !== '';
      },
    );
  refused('port-without-protocol', { ports: [80], protocol: 'icmp' });
  refused('no-address', { to: 'nowhere' });
  refused('channel-to-itself', { to: 'clients' });
  refused('channel-spared', { to: 'primary' }, ['10.0.0.0/8', 'fd00::/8']);
});

test('targets that share a network with each other, or with the host, are refused', () => {
  const on = (name: string, networkMode: string): Target => ({ ...target(name, '10.0.0.3'), networkMode });
  const plan = (...targets: Target[]) => channelOf(z.strictObject(channelSettings).parse({}), { ...CONTEXT, targets });
  assert.throws(() => plan(on('app', 'bridge'), on('sidecar', 'container:id-app')), { code: 'network-shared' });
  assert.throws(() => plan(on('left', 'container:x'), on('right', 'container:x')), { code: 'network-shared' });
  assert.throws(() => plan(on('app', 'host')), { code: 'host-network' });
  assert.doesNotThrow(() => plan(on('app', 'bridge'), on('other', 'bridge')));
});

test('what is no port, interface, address or direction is refused', () => {
  for (const settings of [
    { ports: [0] },
    { ports: [65_536] },
    { interface: 'eth0; rm' },
    { addresses: ['the router'] },
    { direction: 'to' },
  ])
    assert.throws(() => planned(settings), z.ZodError);
});
