/**
 * What can be done to the packets of a channel, as plain data: late, lost, garbled, doubled, out of order, or no faster than
 * a line of so many bits a second; and in the words of the two mechanisms that do it. Shares are between 0 and 1.
 */
import { z } from 'zod';

const share = z.number().min(0).max(1);

export const DISTRIBUTIONS = ['uniform', 'normal', 'pareto'] as const;

export const effectShape = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('delay'),
    delayMs: z.number().min(0),
    /** Half the width of a uniform distribution, else the standard deviation. */
    jitterMs: z.number().min(0),
    distribution: z.enum(DISTRIBUTIONS),
    /** Chance of being as late as the packet before. */
    correlation: share,
    /** Bytes that may be held back at most; hitting it is reported and makes the run inconclusive. */
    bufferBytesMax: z.number().min(0),
  }),
  z.object({
    kind: z.literal('loss'),
    share,
    /** Packets lost in a row on average; undefined: each by itself. */
    burst: z.number().min(1).exactOptional(),
  }),
  /** `keep`: the checksum stays, and the receiver's kernel throws the packet away; `fix`: the receiver's program gets it. */
  z.object({ kind: z.literal('corrupt'), share, checksum: z.enum(['keep', 'fix']) }),
  z.object({ kind: z.literal('duplicate'), share }),
  /** The share is held back for `byMs`, so that what is sent later comes first. */
  z.object({ kind: z.literal('reorder'), share, byMs: z.number().min(0), bufferBytesMax: z.number().min(0) }),
  /** Of each direction, IP headers included; beyond the bytes that may wait for their turn packets are dropped, as by a router. */
  z.object({ kind: z.literal('rate'), bitsPerSecond: z.number().positive(), queueBytesMax: z.number().positive() }),
]);

export type Effect = Readonly<z.output<typeof effectShape>>;
export type EffectOf<Kind extends Effect['kind']> = Extract<Effect, { readonly kind: Kind }>;

/** As arguments of the impairer (image/settings.h). */
export function impairerArguments(effect: Effect): readonly string[] {
  switch (effect.kind) {
    case 'delay':
      return [
        `delay-ms=${effect.delayMs}`,
        `jitter-ms=${effect.jitterMs}`,
        `distribution=${effect.distribution}`,
        `correlation=${effect.correlation}`,
        `buffer=${effect.bufferBytesMax}`,
      ];
    case 'loss':
      return [`loss=${effect.share}`, ...(effect.burst === undefined ? [] : [`loss-burst=${effect.burst}`])];
    case 'corrupt':
      return [`corrupt=${effect.share}`, `fix-checksum=${effect.checksum === 'fix' ? 1 : 0}`];
    case 'duplicate':
      return [`duplicate=${effect.share}`];
    case 'reorder':
      return [`reorder=${effect.share}`, `reorder-ms=${effect.byMs}`, `buffer=${effect.bufferBytesMax}`];
    case 'rate':
      return [
        `rate=${effect.bitsPerSecond}`,
        `line-bytes=${effect.queueBytesMax}`,
        `buffer=${effect.queueBytesMax * LINES + PACKET_BYTES_MAX}`,
      ];
  }
}

/** Directions, each with a line of its own; and the longest packet, so that what waits for its turn never goes early. */
const LINES = 2;
const PACKET_BYTES_MAX = 65_535;

/** Packets that netem holds at most; its own 1000 would lose some of a long line's. */
const NETEM_PACKETS_MAX = 100_000;
const ETHERNET_PAYLOAD_BYTES = 1500;
/** netem counts it in, and the rate is of IP packets. */
const ETHERNET_HEADER_BYTES = 14;

/** As arguments of `tc qdisc … netem`. Throws for what netem cannot do. */
export function netemArguments(effect: Effect): string {
  const packets = effect.kind === 'rate' ? Math.ceil(effect.queueBytesMax / ETHERNET_PAYLOAD_BYTES) : NETEM_PACKETS_MAX;
  return `limit ${packets} ${netemWords(effect)}`;
}

function netemWords(effect: Effect): string {
  switch (effect.kind) {
    case 'delay': {
      if (effect.jitterMs === 0) return `delay ${effect.delayMs}ms`;
      const spread = effect.distribution === 'uniform' ? '' : ` distribution ${effect.distribution}`;
      return `delay ${effect.delayMs}ms ${effect.jitterMs}ms ${percent(effect.correlation)}${spread}`;
    }
    case 'loss': {
      if (effect.burst === undefined || effect.share === 1) return `loss random ${percent(effect.share)}`;
      const leave = 1 / effect.burst;
      return `loss gemodel ${percent((effect.share * leave) / (1 - effect.share))} ${percent(leave)}`;
    }
    case 'corrupt':
      if (effect.checksum === 'fix') throw new Error('netem cannot make the checksum fit; leave out checksum: fix, or use nfqueue');
      return `corrupt ${percent(effect.share)}`;
    case 'duplicate':
      return `duplicate ${percent(effect.share)}`;
    case 'reorder':
      // netem's share is of those that go at once.
      return `delay ${effect.byMs}ms reorder ${percent(1 - effect.share)}`;
    case 'rate':
      return `rate ${effect.bitsPerSecond}bit -${ETHERNET_HEADER_BYTES}`;
  }
}

function percent(of: number): string {
  return `${Number((of * 100).toFixed(6))}%`;
}

/** Bytes that are held back at most; 0 for what holds none. */
export function bufferOf(effect: Effect): number {
  return 'bufferBytesMax' in effect ? effect.bufferBytesMax : 0;
}
