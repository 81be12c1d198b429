/** Judges whether a delay is in effect, from what the connections and the mechanism show. Pure. */
import type { Counted } from '../impair-mechanism.ts';
import type { ByteTiming } from '../tcp-sockets.ts';

/** A measured delay counts from this share of the asked one on: jitter and the interval between looks take some. */
const SHARE_MIN = 0.9;
/** Bytes that wait this long are proof enough of a longer delay, which need not be waited out before the fault's clock starts. */
const WAITED_ENOUGH_MS = 1000;

export interface Seen {
  readonly bytes: ByteTiming;
  readonly packets: Counted;
  /** Open connections on the channel. */
  readonly open: number;
}

export interface Judged {
  readonly proven: boolean;
  readonly evidence: string;
  readonly facts: Readonly<Record<string, number>>;
}

/** What was asked for. `ways`: 2 where each direction is delayed, so that a round trip shows the delay twice. */
export interface AskedDelay {
  readonly delayMs: number;
  readonly jitterMs: number;
  readonly ways: number;
}

/**
 * Proven by the connections where they carry bytes; `atLast`, when the time to wait is over, also by the packets' own hold
 * times, for channels on which nothing but acknowledgements or datagrams are sent. `measuredDelayMs` is one way.
 */
export function judgeDelay({ delayMs, jitterMs, ways }: AskedDelay, { bytes, packets, open }: Seen, atLast: boolean): Judged {
  const leastMs = SHARE_MIN * ways * Math.max(0, delayMs - jitterMs);
  const asked = `asked: ${delayMs} ms ${ways === 2 ? 'each way' : 'one way'}`;
  const counted = `${packets.taken} packets held on ${open} open connections`;
  const facts = { matchedPackets: packets.taken, overflowedPackets: packets.overflowed };
  const judged = (proven: boolean, evidence: string, more: Readonly<Record<string, number>> = {}) => ({
    proven,
    evidence,
    facts: { ...facts, ...more },
  });
  if (packets.taken === 0) return judged(false, 'no packet of the channel was seen: nothing was sent on it');

  const acknowledged = [bytes.acknowledgedMs, bytes.roundTripMs].find((ms) => ms !== undefined && ms >= leastMs);
  if (acknowledged !== undefined) {
    const evidence = `bytes sent on an open connection were acknowledged after ${round(acknowledged)} ms (${asked}); ${counted}`;
    return judged(true, evidence, { measuredDelayMs: round(acknowledged / ways) });
  }
  const waitedMs = bytes.waitingMs ?? 0;
  const waitedEnough = waitedMs >= WAITED_ENOUGH_MS || (atLast && waitedMs > 0 && waitedMs >= leastMs);
  if (waitedEnough && leastMs >= WAITED_ENOUGH_MS) {
    const evidence = `bytes sent on an open connection have waited ${round(waitedMs)} ms for their acknowledgement (${asked}); ${counted}`;
    return judged(true, evidence, { waitedMs: round(waitedMs) });
  }
  if (!atLast) return judged(false, 'not yet');
  if (bytes.acknowledgedMs !== undefined) {
    return judged(false, `bytes sent on an open connection were acknowledged after ${round(bytes.acknowledgedMs)} ms at most (${asked})`);
  }
  // Where the delay is longer than the time to prove it, all that was sent is still held.
  const held = packets.released > 0 ? packets.meanHoldMs >= leastMs / ways : delayMs > WAITED_ENOUGH_MS && packets.held > 0;
  const evidence = `no connection carried bytes to time; ${counted}, ${packets.released} let go after ${round(packets.meanHoldMs)} ms on average (${asked})`;
  return judged(held, evidence, held && packets.released > 0 ? { measuredDelayMs: round(packets.meanHoldMs) } : {});
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
