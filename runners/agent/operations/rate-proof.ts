/** Judges whether a channel is narrowed, from the bytes that the kernel let go on it, by its own counters, against the time. Pure. */
import type { BytesByWay, Counted } from '../impair-mechanism.ts';
import type { EffectOf } from '../impairment.ts';
import type { Judged } from './latency-proof.ts';

/** A rate is told from as long a time at least; the looks at its ends are off by a few milliseconds each. */
const WINDOW_MS = 2_000;
/** Looks that are kept. */
const LOOKS_MAX = 100;
/** The measured rate may be off by this share of the asked one. */
const OFF_MAX = 0.05;

/** Bits a second in each direction over the last window; undefined before there was one. */
export type Rates = BytesByWay | undefined;

/** Follows the counters from look to look. */
export function rateMeter(): { look(bytes: BytesByWay, nowMs: number): Rates } {
  const looks: { readonly bytes: BytesByWay; readonly atMs: number }[] = [];
  return {
    look(bytes, nowMs) {
      const since = looks.findLast(({ atMs }) => nowMs - atMs >= WINDOW_MS);
      looks.push({ bytes, atMs: nowMs });
      if (looks.length > LOOKS_MAX) looks.shift();
      if (!since) return undefined;
      const rate = (way: 'in' | 'out') => ((bytes[way] - since.bytes[way]) * 8 * 1000) / (nowMs - since.atMs);
      return { in: rate('in'), out: rate('out') };
    },
  };
}

/** Proven where what went on in a direction is what was asked, and in none is more. */
export function judgeRate(
  { bitsPerSecond }: EffectOf<'rate'>,
  { packets, rates }: { readonly packets: Counted; readonly rates: Rates },
  atLast: boolean,
): Judged {
  const dropped = packets.told?.dropped ?? 0;
  const facts = { matchedPackets: packets.taken, droppedPackets: dropped };
  if (packets.taken === 0) return { proven: false, evidence: 'no packet of the channel was seen: nothing was sent on it', facts };
  if (!rates) return { proven: false, evidence: 'there was no time to measure', facts };
  const most = Math.max(rates.in, rates.out);
  const measured = { ...facts, measuredBitsPerSecond: Math.round(most) };
  const told = `${formatRate(most)} went on (asked: ${formatRate(bitsPerSecond)}); ${packets.taken} packets, ${dropped} dropped, in line for ${packets.meanHoldMs.toFixed(1)} ms on average`;
  if (most > bitsPerSecond * (1 + OFF_MAX)) return { proven: false, evidence: `not narrowed: ${told}`, facts: measured };
  // Traffic that comes in bursts was narrowed where a burst was too long for the line.
  if (most >= bitsPerSecond * (1 - OFF_MAX) || (atLast && dropped > 0)) return { proven: true, evidence: told, facts: measured };
  return { proven: false, evidence: `nothing was narrowed, for there was not enough traffic: ${told}`, facts: measured };
}

/** `1.5 Mbit/s`. */
export function formatRate(bitsPerSecond: number): string {
  const units = [
    [1e9, 'Gbit/s'],
    [1e6, 'Mbit/s'],
    [1e3, 'kbit/s'],
  ] as const;
  const [size, unit] = units.find(([each]) => bitsPerSecond >= each) ?? [1, 'bit/s'];
  return `${Number((bitsPerSecond / size).toFixed(2))} ${unit}`;
}
