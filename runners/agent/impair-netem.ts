/**
 * Impairs packets by the kernel's netem, for hosts without NFQUEUE. Everything is in the kernel, so that it outlives the
 * agent until a restarted one, or a sweeper, takes it away by its name; when it is taken away, what is held is lost.
 */
import { z } from 'zod';
import type { Channel } from './channel.ts';
import type { Counted, Mechanism } from './impair-mechanism.ts';
import { type Effect, netemArguments } from './impairment.ts';
import { type Device, ifbLines, inTheWay, netemLines, netemNames, netemRemoval, oursAmong, type Qdisc } from './netem.ts';
import { holdMeter } from './netem-hold.ts';
import { inNetworkOf, type Ran, runProgram } from './programs.ts';
import type { Network } from './whereabouts.ts';

const qdiscsShape = z.array(
  z.object({
    kind: z.string(),
    handle: z.string(),
    dev: z.string(),
    root: z.boolean().optional(),
    packets: z.number().optional(),
    bytes: z.number().optional(),
    drops: z.number().optional(),
    qlen: z.number().optional(),
    backlog: z.number().optional(),
  }),
);
const linksShape = z.array(z.object({ ifindex: z.number(), ifname: z.string() }));

export interface NetemOptions {
  readonly tag: string;
  readonly channel: Channel;
  readonly effect: Effect;
}

export function byNetem({ tag, channel, effect }: NetemOptions): Mechanism {
  let armed: { readonly namespace: string; readonly devices: readonly Device[] } | undefined;
  let holds = holdMeter();
  const look = async (network: Network, signal: AbortSignal) => ({
    qdiscs: await qdiscsOf(network, signal),
    devices: await devicesOf(network, signal),
  });
  const arm = async (network: Network, signal: AbortSignal) => {
    const { qdiscs, devices } = await look(network, signal);
    const wanted = devices.filter(({ name }) => (channel.interface === undefined ? name !== 'lo' : name === channel.interface));
    if (wanted.length === 0) throw new Error('it has no network interface that packets could be impaired on');
    const reasons = wanted.flatMap(({ name }) => inTheWay(qdiscs, name, channel.direction) ?? []);
    if (reasons.length > 0) throw new Error(reasons.join('; '));
    await tryInTurn(netemArguments(effect), channel.direction, signal);
    armed = { namespace: network.namespace, devices: wanted };
  };
  const takeAway = async (network: Network, signal: AbortSignal) => {
    const { qdiscs, devices } = await look(network, signal);
    const { tc, ip } = netemRemoval(qdiscs, devices, tag);
    if (tc !== '') await batch('tc', network, tc, signal);
    if (ip !== '') await batch('ip', network, ip, signal);
  };

  return {
    name: 'netem',
    prepare: arm,
    async set(network, signal) {
      if (armed?.namespace !== network.namespace) await arm(network, signal);
      const setup = { tag, channel, netem: netemArguments(effect), devices: armed?.devices ?? [] };
      const ifbs = ifbLines(setup);
      if (ifbs !== '') await batch('ip', network, ifbs, signal);
      holds = holdMeter();
      return (await batch('tc', network, netemLines(setup), signal)).endedNs;
    },
    async counted(network, signal) {
      const ours = oursAmong(await qdiscsOf(network, signal), tag);
      if (ours.length === 0) throw new Error('netem is not at work any more');
      const counted = countedIn(ours);
      return effect.kind === 'delay' ? { ...counted, ...holds.look(counted.passed, counted.held, performance.now()) } : counted;
    },
    prepareRemoval() {},
    letGo: async () => 'netem has no early end: what it held is lost when it is taken away',
    async remove(network, signal) {
      if (!network) return undefined;
      await takeAway(network, signal);
      return process.hrtime.bigint();
    },
    async readBack(network, signal) {
      if (!network) return 'no process of it runs, and with the last one its network went';
      const { qdiscs, devices } = await look(network, signal);
      const { tc, ip } = netemRemoval(qdiscs, devices, tag);
      if (tc !== '' || ip !== '') throw new Error(`netem of ours is still there: ${tc}${ip}`);
      return `no queueing discipline ${netemNames(tag).netem} of ours`;
    },
    drop() {},
  };
}

/** Begins the names of the devices that what is received goes through. */
const IFB = 'fd';

/** netem counts what it lets go and what it drops, and keeps no account of the rest. */
export function countedIn(ours: readonly Qdisc[]): Counted {
  const sum = (of: (qdisc: Qdisc) => number | undefined) => ours.reduce((total, qdisc) => total + (of(qdisc) ?? 0), 0);
  const [passed, dropped, held] = [sum((each) => each.packets), sum((each) => each.drops), sum((each) => each.qlen)];
  const nothing = { takenOff: 0, released: 0, meanHoldMs: 0, overflowed: 0, peakBytes: 0, told: undefined };
  const bytes = (of: (device: string) => boolean) => ours.reduce((total, { dev, bytes: each }) => total + (of(dev) ? (each ?? 0) : 0), 0);
  const passedBytes = { in: bytes((device) => device.startsWith(IFB)), out: bytes((device) => !device.startsWith(IFB)) };
  return { ...nothing, taken: passed + dropped + held, passed, passedBytes, held };
}

/** One at a time: all of them use the same device, and operations arm together. */
let trying: Promise<void> = Promise.resolve();

function tryInTurn(netem: string, direction: Channel['direction'], signal: AbortSignal): Promise<void> {
  const mine = trying.then(() => tryHere(netem, direction, signal));
  trying = mine.catch(() => {});
  return mine;
}

/** Tries netem, and ifb where it is needed, in the agent's own network namespace; throws what the kernel said. */
async function tryHere(netem: string, direction: Channel['direction'], signal: AbortSignal): Promise<void> {
  const attempts = [
    {
      needs: 'netem',
      add: ['tc', 'qdisc', 'add', 'dev', 'lo', 'root', 'netem', ...netem.split(' ')],
      del: ['tc', 'qdisc', 'del', 'dev', 'lo', 'root'],
    },
    ...(direction === 'out'
      ? []
      : [{ needs: 'ifb', add: ['ip', 'link', 'add', 'fdtry', 'type', 'ifb'], del: ['ip', 'link', 'del', 'fdtry'] }]),
  ];
  for (const { needs, add, del } of attempts) {
    const ran = await runProgram(add, signal);
    if (ran.code !== 0) throw new Error(`this kernel has no ${needs}: ${ran.stderr.trim().split('\n')[0] ?? ''}`);
    await runProgram(del, signal);
  }
}

async function batch(program: 'tc' | 'ip', network: Network, text: string, signal: AbortSignal): Promise<Ran> {
  const ran = await runProgram(inNetworkOf(network.pid, [program, '-batch', '-']), signal, text);
  if (ran.code !== 0) throw new Error(`${program} failed: ${ran.stderr.trim()}`);
  return ran;
}

async function qdiscsOf(network: Network, signal: AbortSignal): Promise<readonly Qdisc[]> {
  const ran = await runProgram(inNetworkOf(network.pid, ['tc', '-s', '-j', 'qdisc', 'show']), signal);
  if (ran.code !== 0) throw new Error(`reading the queueing disciplines failed: ${ran.stderr.trim()}`);
  return qdiscsShape.parse(JSON.parse(ran.stdout));
}

async function devicesOf(network: Network, signal: AbortSignal): Promise<readonly Device[]> {
  const ran = await runProgram(inNetworkOf(network.pid, ['ip', '-j', 'link', 'show']), signal);
  if (ran.code !== 0) throw new Error(`reading the network devices failed: ${ran.stderr.trim()}`);
  return linksShape.parse(JSON.parse(ran.stdout)).map(({ ifindex, ifname }) => ({ index: ifindex, name: ifname }));
}
