/**
 * Judges whether packets are lost, garbled, doubled or out of order, from the kernel's counters: of packets that matched
 * and that went on, and of what its TCP and checksums make of it. The mechanism's own account serves where the
 * kernel cannot tell. Pure.
 */
import type { Counted } from '../impair-mechanism.ts';
import type { EffectOf } from '../impairment.ts';
import type { NetworkCounters } from '../network-counters.ts';
import type { Judged } from './latency-proof.ts';

/** As many standard deviations may a share be off: chance does that once in 15,000 times. */
const DEVIATIONS_MAX = 4;
/** From this many expected on, a share is told before the time to wait is over. */
const EXPECTED_MIN = 5;
/** What comes while it is counted may be this share of what is expected, or as much as chance may be off. */
const OFF_MAX = 0.05;
/** A hold time counts from this share of the asked one on. */
const HOLD_SHARE_MIN = 0.9;

export interface SeenImpaired {
  readonly packets: Counted;
  /** Since the act, in the whole network namespace. */
  readonly kernel: NetworkCounters;
}

export function judgeLoss({ share, burst }: EffectOf<'loss'>, { packets, kernel }: SeenImpaired, atLast: boolean): Judged {
  const lost = Math.max(0, packets.taken - packets.passed - packets.held);
  const told = `${lost} of ${packets.taken} packets were lost (${percent(lost / packets.taken)}; asked: ${percent(share)})`;
  const facts = { matchedPackets: packets.taken, lostPackets: lost };
  const more = kernel.retransmitted > 0 ? `; ${kernel.retransmitted} TCP segments were sent again` : '';
  return judge({ count: lost, packets, share, spread: spreadOf(share, burst), told: `${told}${more}`, facts, atLast });
}

/** A mechanism that keeps no account counts its duplicates among what it took, so that TCP alone can tell of them. */
export function judgeDuplicate({ share }: EffectOf<'duplicate'>, { packets, kernel }: SeenImpaired, atLast: boolean): Judged {
  if (packets.told === undefined && packets.taken > 0) {
    const evidence = `peers told of ${kernel.toldByPeers} packets that they had already (asked: ${percent(share)})`;
    return { proven: kernel.toldByPeers > 0, evidence, facts: { matchedPackets: packets.taken } };
  }
  const doubled = Math.max(0, packets.passed + packets.held - packets.taken);
  const told = `${doubled} of ${packets.taken} packets went twice (${percent(doubled / packets.taken)}; asked: ${percent(share)})`;
  const facts = { matchedPackets: packets.taken, doubledPackets: doubled };
  const more = kernel.toldByPeers > 0 ? `; peers told of ${kernel.toldByPeers} that they had already` : '';
  return judge({ count: doubled, packets, share, spread: 1, told: `${told}${more}`, facts, atLast });
}

/** Packets without payload are not garbled where the checksum is to fit, so that the share is an upper bound. */
export function judgeCorrupt({ share, checksum }: EffectOf<'corrupt'>, { packets, kernel }: SeenImpaired, atLast: boolean): Judged {
  const signs = kernel.wrongChecksums + kernel.retransmitted;
  const garbled = packets.told?.garbled;
  const facts = { matchedPackets: packets.taken, ...(garbled === undefined ? {} : { garbledPackets: garbled }) };
  if (packets.taken === 0) return { proven: false, evidence: NOTHING_SENT, facts };
  const counted = garbled === undefined ? 'packets' : `${garbled} of ${packets.taken} packets`;
  const seen =
    checksum === 'fix'
      ? 'with checksums that fit, so that programs alone see it'
      : `${kernel.wrongChecksums} received were thrown away for their checksum, ${kernel.retransmitted} TCP segments were sent again`;
  const evidence = `${counted} were garbled (asked: ${percent(share)}); ${seen}`;
  if (garbled === 0) return { proven: false, evidence: `none of ${packets.taken} packets was garbled (asked: ${percent(share)})`, facts };
  const bySigns = checksum === 'keep' && signs > 0;
  // Datagrams that are garbled on their way out leave no sign on this side.
  const byCount = garbled !== undefined && (checksum === 'fix' || atLast);
  const tooMany = garbled !== undefined && garbled > upperBound(packets.taken, share, 1);
  return { proven: (bySigns || byCount) && !tooMany, evidence, facts };
}

export function judgeReorder({ share, byMs }: EffectOf<'reorder'>, { packets, kernel }: SeenImpaired, atLast: boolean): Judged {
  const late = packets.told?.late;
  const signs = kernel.outOfOrder + kernel.toldByPeers;
  const facts = { matchedPackets: packets.taken, ...(late === undefined ? {} : { latePackets: late }) };
  if (packets.taken === 0) return { proven: false, evidence: NOTHING_SENT, facts };
  const seen = `${kernel.outOfOrder} TCP segments came out of order, peers told of ${kernel.toldByPeers}`;
  if (late === undefined) return { proven: signs > 0, evidence: `${seen} (asked: ${percent(share)})`, facts };
  const holds = packets.released > 0 && packets.meanHoldMs >= HOLD_SHARE_MIN * byMs;
  const told = `${late} of ${packets.taken} packets were held back (${percent(late / packets.taken)}; asked: ${percent(share)}), for ${packets.meanHoldMs.toFixed(1)} ms on average; ${seen}`;
  const judged = judge({ count: late, packets, share, spread: 1, told, facts, atLast });
  // Datagrams out of order leave no sign in the kernel.
  return { ...judged, proven: judged.proven && holds && (signs > 0 || atLast) };
}

const NOTHING_SENT = 'no packet of the channel was seen: nothing was sent on it';

interface Claim {
  readonly count: number;
  readonly packets: Counted;
  readonly share: number;
  /** Factor on the standard deviation of independent packets. */
  readonly spread: number;
  readonly told: string;
  readonly facts: Readonly<Record<string, number>>;
  readonly atLast: boolean;
}

/** Proven where it happened at all, about as often as asked. */
function judge({ count, packets: { taken: of, takenOff }, share, spread, told, facts, atLast }: Claim): Judged {
  if (of === 0) return { proven: false, evidence: NOTHING_SENT, facts };
  // On a busy channel many come while it is counted, and it is waited until they hardly matter.
  const enough = atLast || (of * share >= EXPECTED_MIN && takenOff <= Math.max(chanceOff(of, share, spread), of * share * OFF_MAX));
  const within = count <= upperBound(of, share, spread) + takenOff && count >= lowerBound(of, share, spread) - takenOff;
  return { proven: count > 0 && enough && within, evidence: told, facts };
}

/** By how much chance may be off: of a binomial distribution, by its normal approximation. */
function chanceOff(of: number, share: number, spread: number): number {
  return spread * DEVIATIONS_MAX * Math.sqrt(of * share * (1 - share));
}

/** One packet more than chance allows, for those under way while it was counted. */
export function upperBound(of: number, share: number, spread: number): number {
  return of * share + chanceOff(of, share, spread) + 1;
}

export function lowerBound(of: number, share: number, spread: number): number {
  return of * share - chanceOff(of, share, spread) - 1;
}

/** Runs of lost packets spread the count: by the square root of (1 + r) / (1 − r), r the correlation from packet to packet. */
export function spreadOf(share: number, burst: number | undefined): number {
  if (burst === undefined || share >= 1) return 1;
  const correlation = 1 - 1 / burst - share / burst / (1 - share);
  return Math.sqrt((1 + correlation) / (1 - correlation));
}

function percent(share: number): string {
  return Number.isNaN(share) ? 'none' : `${Number((share * 100).toFixed(2))} %`;
}
