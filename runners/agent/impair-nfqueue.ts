/**
 * Impairs packets by NFQUEUE: rules of ours hand those of the channel to the impairer, a program in the target's network
 * namespace. Works on what is received as on what is sent, leaves queueing disciplines alone, and fails open.
 */
import type { Channel } from './channel.ts';
import type { Counted, Mechanism } from './impair-mechanism.ts';
import { type Impairer, type ImpairerStats, readQueues, startImpairer } from './impairer.ts';
import type { Effect } from './impairment.ts';
import type { PacketFilter } from './packet-filter.ts';
import { type PacketMarks, takeMarks } from './packet-marks.ts';
import { bytesPassed, impairRules, packetsPassed, packetsTaken } from './packet-rules.ts';
import { type RuleSetter, ruleSetter } from './rule-setter.ts';
import type { Network } from './whereabouts.ts';

export interface NfqueueOptions {
  readonly filter: PacketFilter;
  readonly tag: string;
  readonly channel: Channel;
  readonly effect: Effect;
}

/** For undoing by name alone: no packet bears these bits, and nobody listens on this queue. */
const NO_MARKS = { done: 0, fresh: 0 };
const NO_QUEUE = 0;

export function byNfqueue({ filter, tag, channel, effect }: NfqueueOptions): Mechanism {
  const setterWith = (queue: number, marks: Pick<PacketMarks, 'done' | 'fresh'>) =>
    ruleSetter(filter, tag, (family) => impairRules(family, { tag, channel, queue, ...marks }));
  let setter: RuleSetter = setterWith(NO_QUEUE, NO_MARKS);
  let armed: { readonly namespace: string; readonly impairer: Impairer; readonly marks: PacketMarks } | undefined;

  const disarm = () => {
    armed?.impairer.end();
    armed?.marks.release();
    armed = undefined;
  };
  const impairer = (): Impairer => {
    if (!armed?.impairer.alive()) throw new Error('the impairer has died; packets pass');
    return armed.impairer;
  };
  const arm = async (network: Network, signal: AbortSignal) => {
    disarm();
    const saved = await setter.saved(network, signal);
    // The copy of a packet that was received comes in once more.
    const marks = takeMarks(network.namespace, saved, effect.kind === 'duplicate' && channel.direction !== 'out');
    try {
      const started = await startImpairer({ pid: network.pid, effect, marks, tag });
      armed = { namespace: network.namespace, impairer: started, marks };
      setter = setterWith(started.queue, marks);
    } catch (error) {
      marks.release();
      throw error;
    }
  };

  return {
    name: 'nfqueue',
    async prepare(network, signal) {
      if (armed?.namespace !== network.namespace || !armed.impairer.alive()) await arm(network, signal);
      setter.prepare(network);
    },
    async set(network, signal) {
      if (armed?.namespace !== network.namespace || !armed.impairer.alive()) await arm(network, signal);
      return setter.set(network, signal);
    },
    async counted(network, signal) {
      const { stats, queue } = impairer();
      const now = await stats();
      // The rules count a packet that the kernel then cuts into segments as one, and its segments, when they go on, one by one.
      const queued = () => readQueues(network.pid).find(({ number }) => number === queue)?.queued;
      const before = queued();
      const saved = await setter.saved(network, signal);
      const after = queued();
      const takenOff = before === undefined || after === undefined ? 0 : (after - before) / 2;
      const taken = before === undefined ? packetsTaken(saved, tag) : Math.round(before + takenOff);
      return countedBy(now, { taken, takenOff, passed: packetsPassed(saved, tag), passedBytes: bytesPassed(saved, tag) });
    },
    prepareRemoval: (network) => setter.prepareRemoval(network),
    async letGo() {
      if (!armed) return 'no impairer was running';
      if (!armed.impairer.alive()) return 'the impairer had died';
      return armed.impairer.release().then(
        (stats) => countedBy(stats, { taken: stats.seen, takenOff: 0, passed: stats.seen, passedBytes: { in: 0, out: 0 } }),
        () => 'the impairer had died',
      );
    },
    remove: (network, signal) => setter.remove(network, signal).finally(disarm),
    readBack: (network, signal) => setter.readBack(network, signal),
    drop() {
      setter.drop();
      disarm();
    },
  };
}

function countedBy(stats: ImpairerStats, byKernel: Pick<Counted, 'taken' | 'takenOff' | 'passed' | 'passedBytes'>): Counted {
  const { held, released, overflowed, peakBytes, dropped, garbled, doubled, late, meanHoldMs } = stats;
  return { ...byKernel, held, released, overflowed, peakBytes, meanHoldMs, told: { dropped, garbled, doubled, late } };
}
