/**
 * Impairs the packets of a channel, on open connections too: they are late, lost, garbled, doubled, out of order, or narrowed to a rate. Two
 * mechanisms do it, behind one interface. Proven by what the connections and the kernel's counters show, never by what was set.
 */
import { z } from 'zod';
import { channelShape } from '../channel.ts';
import { lookAtChannel, openOnChannel } from '../channel-look.ts';
import type { Counted, Mechanism } from '../impair-mechanism.ts';
import { byNetem } from '../impair-netem.ts';
import { byNfqueue } from '../impair-nfqueue.ts';
import { type Effect, effectShape } from '../impairment.ts';
import { type NetworkCounters, readCounters, sinceThen } from '../network-counters.ts';
import { timeBytes } from '../tcp-sockets.ts';
import { type Network, networkToArm, networkToTouch, whereabouts } from '../whereabouts.ts';
import { type FiveMoves, type Ground, type Outcome, pause } from './five-moves.ts';
import { judgeCorrupt, judgeDuplicate, judgeLoss, judgeReorder, type SeenImpaired } from './impair-proof.ts';
import { type Judged, judgeDelay, type Seen } from './latency-proof.ts';
import { containerRef, defineOperation } from './operation.ts';
import { judgeRate, type Rates, rateMeter } from './rate-proof.ts';

/** Looks at the connections are this share of the delay apart, within the limits. */
const LOOKS_A_DELAY = 20;
const LOOK_EVERY_MS_MIN = 10;
const LOOK_EVERY_MS_MAX = 100;
/** So many datagrams that were held, or garbled, are enough to go by. */
const DATAGRAMS_ENOUGH = 10;
/** A small share takes a while to show. */
const SHARE_PROOF_MS = 5_000;

interface Looked extends Seen, SeenImpaired {
  readonly rates: Rates;
}

const shape = z.object({
  op: z.literal('impair'),
  container: containerRef,
  channel: channelShape,
  effect: effectShape,
  /** `auto`: NFQUEUE, and where the host has none, netem. */
  mechanism: z.enum(['auto', 'netem', 'nfqueue']),
});

/** What is followed from look to look. */
interface Followed {
  readonly timing: ReturnType<typeof timeBytes>;
  readonly meter: ReturnType<typeof rateMeter>;
}

type Impair = z.output<typeof shape>;

export const impair = defineOperation({
  shape,
  decidedInArming: "whether the host's kernel has NFQUEUE, or else netem",
  // netem takes the place of a device's queueing discipline, of which there is one.
  claims: ({ mechanism }) => (mechanism === 'netem' ? ['qdisc'] : []),
  proofMs: ({ effect }) => (effect.kind === 'delay' ? 0 : SHARE_PROOF_MS),
  moves,
});

function moves(operation: Impair, ground: Ground): FiveMoves {
  const place = whereabouts(ground.engine, operation.container);
  const { channel, effect } = operation;
  let chosen: Mechanism | undefined;
  let then: NetworkCounters | undefined;
  const prepared = async (network: Network, signal: AbortSignal): Promise<Mechanism> => {
    if (chosen) await chosen.prepare(network, signal);
    else chosen = await choose(operation, ground, network, signal);
    return chosen;
  };
  const look = async (mechanism: Mechanism, network: Network, { timing, meter }: Followed, signal: AbortSignal): Promise<Looked> => {
    const sockets = await openOnChannel(channel, network, signal);
    const bytes = timing.look(sockets, performance.now());
    const packets = await mechanism.counted(network, signal);
    const rates = meter.look(packets.passedBytes, performance.now());
    const now = readCounters(network.pid);
    return { bytes, packets, rates, open: sockets.length, kernel: sinceThen(then ?? now, now) };
  };
  /** Looks until what is seen proves it, or the time is over; judged by the last look that was not cut short. */
  const watch = async (mechanism: Mechanism, network: Network, signal: AbortSignal): Promise<Judged> => {
    const followed = { timing: timeBytes(), meter: rateMeter() };
    const ways = channel.direction === 'both' ? 2 : 1;
    let seen = await look(mechanism, network, followed, signal);
    while (
      !judgeEffect(effect, ways, seen, effect.kind !== 'rate' && datagramsAlone(seen)).proven &&
      (await pause(lookEveryMs(effect), signal))
    ) {
      const next = await look(mechanism, network, followed, signal).catch((error: unknown) => {
        if (signal.aborted) return undefined;
        throw error;
      });
      if (next === undefined || signal.aborted) break;
      seen = next;
    }
    return judgeEffect(effect, ways, seen, signal.aborted || datagramsAlone(seen));
  };

  return {
    async arm(signal) {
      const network = await networkToArm(place, ground);
      const { name } = await prepared(network, signal);
      const { says } = await lookAtChannel(channel, network, signal);
      return { mechanism: name, evidence: says };
    },
    async inject(signal) {
      const network = await networkToTouch(place);
      const mechanism = chosen ?? (await prepared(network, signal));
      then = readCounters(network.pid);
      return { atNs: await mechanism.set(network, signal), mechanism: mechanism.name };
    },
    async prove(signal) {
      const network = await networkToTouch(place);
      if (!chosen) throw new Error('it was not armed');
      const judged = await watch(chosen, network, signal);
      chosen.prepareRemoval(network);
      if (!judged.proven) throw new Error(judged.evidence);
      return { mechanism: chosen.name, evidence: judged.evidence, facts: judged.facts };
    },
    async undo(signal): Promise<Outcome> {
      if (!ground.mayHaveTouched()) {
        chosen?.drop();
        return { evidence: 'it was never touched' };
      }
      const network = await place.network();
      // Letting go comes first, so that connections heal while the rule is still being taken away.
      const counted = await chosen?.letGo();
      const letGoNs = process.hrtime.bigint();
      const each = await Promise.all((await mechanismsOf(operation, ground, chosen)).map((one) => one.remove(network, signal)));
      const removedNs = each.find((ns) => ns !== undefined);
      const summary = typeof counted === 'object' ? summaryOf(counted) : { evidence: counted ?? 'nothing of it was running' };
      const atNs = typeof counted === 'object' ? letGoNs : (removedNs ?? letGoNs);
      return { atNs, ...(chosen ? { mechanism: chosen.name } : {}), ...summary };
    },
    async readBack(signal) {
      if (!ground.mayHaveTouched()) return { evidence: 'it was never touched' };
      const network = await place.network();
      const each = await Promise.all((await mechanismsOf(operation, ground, chosen)).map((one) => one.readBack(network, signal)));
      return { evidence: each.join('; ') };
    },
  };
}

/** Without a connection whose figures could tell, the mechanism's own count need not be waited for to the last. */
function datagramsAlone({ open, packets }: Seen): boolean {
  return open === 0 && (packets.released >= DATAGRAMS_ENOUGH || (packets.told?.garbled ?? 0) >= DATAGRAMS_ENOUGH);
}

function lookEveryMs(effect: Effect): number {
  if (effect.kind !== 'delay') return LOOK_EVERY_MS_MAX;
  return Math.min(LOOK_EVERY_MS_MAX, Math.max(LOOK_EVERY_MS_MIN, effect.delayMs / LOOKS_A_DELAY));
}

/** Prepares the mechanism that is asked for; or the first that this host has. Throws with what each of them said. */
async function choose(operation: Impair, ground: Ground, network: Network, signal: AbortSignal): Promise<Mechanism> {
  const said: string[] = [];
  for (const name of operation.mechanism === 'auto' ? (['nfqueue', 'netem'] as const) : [operation.mechanism]) {
    try {
      const mechanism = await mechanismOf(name, operation, ground);
      await mechanism.prepare(network, signal);
      return mechanism;
    } catch (error) {
      said.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(said.join('; '));
}

async function mechanismOf(name: Mechanism['name'], operation: Impair, ground: Ground): Promise<Mechanism> {
  const own = { tag: ground.tag, channel: operation.channel, effect: operation.effect };
  return name === 'netem' ? byNetem(own) : byNfqueue({ ...own, filter: await ground.filter() });
}

/** Those that may have left something: the one that was chosen, or, for an agent that knows nothing of it, each that could have been. */
async function mechanismsOf(operation: Impair, ground: Ground, chosen: Mechanism | undefined): Promise<readonly Mechanism[]> {
  if (chosen) return [chosen];
  if (operation.mechanism !== 'auto') return [await mechanismOf(operation.mechanism, operation, ground)];
  const netem = await mechanismOf('netem', operation, ground);
  // Without a packet filter that takes our rules there cannot be any.
  const nfqueue = await mechanismOf('nfqueue', operation, ground).catch(() => undefined);
  return nfqueue ? [nfqueue, netem] : [netem];
}

function judgeEffect(effect: Effect, ways: number, seen: Looked, atLast: boolean): Judged {
  switch (effect.kind) {
    case 'delay':
      return judgeDelay({ ...effect, ways }, seen, atLast);
    case 'loss':
      return judgeLoss(effect, seen, atLast);
    case 'corrupt':
      return judgeCorrupt(effect, seen, atLast);
    case 'duplicate':
      return judgeDuplicate(effect, seen, atLast);
    case 'reorder':
      return judgeReorder(effect, seen, atLast);
    case 'rate':
      return judgeRate(effect, seen, atLast);
  }
}

function summaryOf(packets: Counted): Outcome {
  const overflow = packets.overflowed > 0 ? `; ${packets.overflowed} went early, because more was held than the buffer may hold` : '';
  const held = packets.peakBytes > 0 ? `, ${packets.peakBytes} bytes held at most at once` : '';
  return {
    evidence: `${packets.taken} packets of the channel were taken${held}${overflow}`,
    facts: { matchedPackets: packets.taken, peakBytes: packets.peakBytes, overflowedPackets: packets.overflowed },
  };
}
