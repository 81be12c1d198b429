/**
 * Delays what a container sends on a channel, open connections included: a rule of ours hands the packets to a queue, and
 * the delayer lets each go when its time has come. Proven on the connections that exist, by how long the bytes sent on
 * them wait for their acknowledgement.
 */
import { z } from 'zod';
import { channelShape } from '../channel.ts';
import { lookAtChannel, openOnChannel } from '../channel-look.ts';
import { type Delayer, type DelayerStats, startDelayer } from '../delayer.ts';
import { latencyRules } from '../packet-rules.ts';
import { type RuleSetter, ruleSetter } from '../rule-setter.ts';
import { timeBytes } from '../tcp-sockets.ts';
import { type Network, networkToArm, networkToTouch, whereabouts } from '../whereabouts.ts';
import { type FiveMoves, type Ground, type Outcome, pause } from './five-moves.ts';
import { judgeDelay, type Seen } from './latency-proof.ts';
import { containerRef, defineOperation } from './operation.ts';

/** Looks at the connections are this share of the delay apart, within the limits. */
const LOOKS_A_DELAY = 20;
const LOOK_EVERY_MS_MIN = 10;
const LOOK_EVERY_MS_MAX = 100;

/** Delay on the packets of the channel; with both directions, each is delayed, so that a round trip takes twice the delay longer. */
const shape = z.object({
  op: z.literal('latency'),
  container: containerRef,
  channel: channelShape,
  delayMs: z.number().min(0),
  jitterMs: z.number().min(0),
  /** Bytes that may be held back at most; hitting it is reported and makes the run inconclusive. */
  bufferBytesMax: z.number().min(0),
});

export const latency = defineOperation({
  shape,
  decidedInArming: "whether the host's kernel has NFQUEUE, which the packet delayer needs",
  moves,
});

function moves(operation: z.output<typeof shape>, ground: Ground): FiveMoves {
  const place = whereabouts(ground.engine, operation.container);
  const { channel, delayMs } = operation;
  const asked = { delayMs, jitterMs: operation.jitterMs, ways: channel.direction === 'both' ? 2 : 1 };
  let delayer: Delayer | undefined;
  let armedIn: string | undefined;
  let setter: RuleSetter | undefined;
  const rulesWith = async (queue: number) =>
    ruleSetter(await ground.filter(), ground.tag, (family) => latencyRules(family, ground.tag, channel, queue));
  const prepare = async (network: Network) => {
    delayer?.end();
    delayer = await startDelayer(network.pid, operation, ground.tag);
    setter = await rulesWith(delayer.queue);
    setter.prepare(network);
    armedIn = network.namespace;
  };
  /** Looks until what is seen proves it, or the time is over; answers with the last look. */
  const watch = async (network: Network, signal: AbortSignal): Promise<Seen> => {
    const timing = timeBytes();
    const everyMs = Math.min(LOOK_EVERY_MS_MAX, Math.max(LOOK_EVERY_MS_MIN, delayMs / LOOKS_A_DELAY));
    for (;;) {
      if (!delayer?.alive()) throw new Error('the delayer has died; packets pass');
      const sockets = await openOnChannel(channel, network, signal);
      const seen = { bytes: timing.look(sockets, performance.now()), packets: await delayer.stats(), open: sockets.length };
      if (judgeDelay(asked, seen, false).proven || !(await pause(everyMs, signal))) return seen;
    }
  };

  return {
    async arm(signal) {
      const network = await networkToArm(place, ground);
      await prepare(network);
      const { says } = await lookAtChannel(channel, network, signal);
      return { mechanism: 'nfqueue', evidence: says };
    },
    async inject(signal) {
      const network = await networkToTouch(place);
      if (armedIn !== network.namespace || !delayer?.alive()) await prepare(network);
      if (!setter) throw new Error('it was not armed');
      return { mechanism: 'nfqueue', atNs: await setter.set(network, signal) };
    },
    async prove(signal) {
      const network = await networkToTouch(place);
      const seen = await watch(network, signal);
      setter?.prepare(network);
      const judged = judgeDelay(asked, seen, true);
      if (!judged.proven) throw new Error(judged.evidence);
      return { mechanism: 'nfqueue', evidence: judged.evidence, facts: judged.facts };
    },
    async undo(signal): Promise<Outcome> {
      const network = await place.network();
      if (!ground.mayHaveTouched()) {
        setter?.drop();
        delayer?.end();
        return { evidence: 'it was never delayed' };
      }
      const died = delayer !== undefined && !delayer.alive();
      // Letting go comes first, so that connections heal while the rule is still being taken away.
      const stats = await delayer?.release().catch(() => undefined);
      const letGoNs = process.hrtime.bigint();
      try {
        await (setter ?? (await rulesWith(0))).remove(network, signal);
      } finally {
        delayer?.end();
      }
      return {
        atNs: letGoNs,
        mechanism: 'nfqueue',
        ...(stats ? summary(stats) : { evidence: died ? 'the delayer had died' : 'no delayer was running' }),
      };
    },
    async readBack(signal) {
      if (!ground.mayHaveTouched()) return { evidence: 'it was never delayed' };
      return { evidence: await (setter ?? (await rulesWith(0))).readBack(await place.network(), signal) };
    },
  };
}

function summary(stats: DelayerStats): Outcome {
  const overflow = stats.overflowed > 0 ? `; ${stats.overflowed} went early, because more was held than the buffer may hold` : '';
  return {
    evidence: `${stats.seen} packets held, ${stats.peakBytes} bytes at most at once${overflow}`,
    facts: { matchedPackets: stats.seen, peakBytes: stats.peakBytes, overflowedPackets: stats.overflowed },
  };
}
