/** The settings that all network faults share, and the channel that they come to: which packets a fault is about. */
import { z } from 'zod';
import { type Channel, EVERYTHING } from '../agent/channel.ts';
import { contains } from '../agent/cidr.ts';
import { EXIT, FiredrillError } from '../failure.ts';
import type { FaultContext, Target } from './fault.ts';

export const cidrs = z.array(z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()])).max(256);

/** Spread into a fault's own settings. */
export const channelSettings = {
  to: z.string().optional().describe('The target at the other end of the channel; without it, everyone.'),
  addresses: cidrs.default([]).describe('Addresses or CIDRs at the other end, beside those of `to`; IPv4 and IPv6.'),
  ports: z
    .array(z.int().min(1).max(65_535))
    .max(64)
    .default([])
    .describe('Only TCP and UDP packets from or to one of these ports; without it, every packet.'),
  protocol: z.enum(['any', 'tcp', 'udp', 'icmp']).default('any').describe('Only packets of this protocol.'),
  direction: z
    .enum(['both', 'in', 'out'])
    .default('both')
    .describe('`out`: what the targets send; `in`: what they are sent; `both`: each.'),
  interface: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,15}$/, { error: 'is not the name of a network interface; write it like eth0' })
    .optional()
    .describe('Only packets through this interface of the targets; without it, every one but loopback.'),
};

const shape = z.object(channelSettings);
export type AskedChannel = Readonly<z.output<typeof shape>>;

/** A fault's channel as its targets' operations carry it, and in words for `plan`. */
export interface PlannedChannel {
  readonly channel: Channel;
  /** The containers of `to`. */
  readonly others: readonly Target[];
  /** ` with primary on port 5432 by tcp through eth0`; empty where it is about everything. */
  readonly where: string;
}

/** Throws FiredrillError where the settings contradict each other, or the other end has no address of its own. */
export function channelOf(asked: AskedChannel, context: FaultContext, spare: readonly string[] = []): PlannedChannel {
  const { to, ports, protocol, direction, interface: device } = asked;
  if (protocol === 'icmp' && ports.length > 0) throw portOfIcmp(ports);
  for (const target of context.targets) refuseSharedNetwork(target, context.targets);
  const others = to === undefined ? [] : context.select(to);
  const addresses = [...new Set([...others.flatMap((other) => other.addresses), ...asked.addresses])];
  if (to !== undefined) refuseNowhere(to, others, context.targets);
  if (addresses.length > 0 && addresses.every((address) => contains(spare, address))) throw allSpared(addresses);
  return {
    channel: { ...EVERYTHING, addresses, ports, protocol, direction, spare, ...(device === undefined ? {} : { interface: device }) },
    others,
    where: wordsFor(asked),
  };
}

function wordsFor({ to, addresses, ports, protocol, interface: device }: AskedChannel): string {
  const ends = [...(to === undefined ? [] : [to]), ...(addresses.length > 3 ? [`${addresses.length} addresses`] : addresses)];
  return [
    ends.length === 0 ? '' : ` with ${ends.join(' and ')}`,
    ports.length === 0 ? '' : ` on port ${ports.join(', ')}`,
    protocol === 'any' ? '' : ` by ${protocol}`,
    device === undefined ? '' : ` through ${device}`,
  ].join('');
}

/** Without addresses a channel would be about everyone; what a container says to itself goes over loopback, which is spared. */
function refuseNowhere(to: string, others: readonly Target[], targets: readonly Target[]): void {
  if (others.every((other) => other.addresses.length === 0)) {
    throw new FiredrillError('no-address', `The target '${to}' has no network address, so that there is no channel to it.`, {
      hint: 'Start its containers, or leave out `to:` for every channel.',
      exitCode: EXIT.groundUnfit,
    });
  }
  const alone = targets.find((target) => others.every((other) => other.id === target.id));
  if (!alone) return;
  throw new FiredrillError('channel-to-itself', `The channel from '${alone.name}' to '${to}' would lead to itself.`, {
    hint: 'Name another target under `to:`.',
    exitCode: EXIT.experimentWrong,
  });
}

/** The host's network is everybody's; and a network that two targets share would be touched twice. */
export function refuseSharedNetwork(target: Target, targets: readonly Target[]): void {
  if (target.networkMode === 'host') {
    throw new FiredrillError(
      'host-network',
      `The container '${target.name}' shares the host's network: a fault on it would hit the host.`,
      {
        hint: 'Give it a network of its own, or leave it out of the target.',
        exitCode: EXIT.groundUnfit,
      },
    );
  }
  const sharer = targets.find((each) => each.id !== target.id && networkOf(each) === networkOf(target));
  if (!sharer) return;
  throw new FiredrillError('network-shared', `'${target.name}' and '${sharer.name}' share one network, which would be touched twice.`, {
    hint: 'Name only one of them in the target: the fault hits both.',
    exitCode: EXIT.experimentWrong,
  });
}

function networkOf({ id, networkMode = '' }: Target): string {
  return networkMode.startsWith('container:') ? networkMode.slice('container:'.length) : id;
}

function allSpared(addresses: readonly string[]): FiredrillError {
  return new FiredrillError('channel-spared', `Every address at the other end is spared: ${addresses.join(', ')}.`, {
    hint: 'Write `spare-inside: false`, or name another target under `to:`.',
    exitCode: EXIT.experimentWrong,
  });
}

function portOfIcmp(ports: readonly number[]): FiredrillError {
  return new FiredrillError('port-without-protocol', `ICMP has no ports, but the channel names port ${ports.join(', ')}.`, {
    hint: 'Leave out `ports:`, or write: protocol: tcp',
    exitCode: EXIT.experimentWrong,
  });
}
