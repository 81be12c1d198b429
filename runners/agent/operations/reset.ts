/**
 * Resets a channel's TCP connections: those that are open, and each that is tried. Who speaks is answered by rules of
 * ours; connections on which nobody speaks are ended by the kernel. Proven by what the rules answered and by the
 * connections that are gone.
 */
import { z } from 'zod';
import { channelShape } from '../channel.ts';
import { lookAtChannel, openOnChannel } from '../channel-look.ts';
import { packetsTaken, resetRules } from '../packet-rules.ts';
import { type RuleSetter, ruleSetter } from '../rule-setter.ts';
import { killSockets } from '../socket-killer.ts';
import type { TcpSocket } from '../tcp-sockets.ts';
import { networkToArm, networkToTouch, whereabouts } from '../whereabouts.ts';
import { type FiveMoves, type Ground, lookUntil, pause } from './five-moves.ts';
import { containerRef, defineOperation } from './operation.ts';

/** Between two looks at counters and connections. */
const LOOK_EVERY_MS = 50;
/** Connections that speak within this time meet the rules, and see a reset as from the other side; the others are ended then. */
const SPEAK_WITHIN_MS = 100;
const KILL_TIMEOUT_MS = 5_000;

/** The channel whose TCP connections are reset. */
const shape = z.object({ op: z.literal('reset'), container: containerRef, channel: channelShape });

export const reset = defineOperation({
  shape,
  decidedInArming: "whether the host's kernel can answer in another's name (REJECT)",
  moves,
});

function moves(operation: z.output<typeof shape>, ground: Ground): FiveMoves {
  const place = whereabouts(ground.engine, operation.container);
  const { channel } = operation;
  const rulesOf = (family: 4 | 6) => resetRules(family, ground.tag, channel);
  let openBefore: readonly TcpSocket[] = [];
  let killing: Promise<readonly TcpSocket[]> | undefined;
  let ending = new AbortController();
  let made: Promise<RuleSetter> | undefined;
  const setter = () => {
    made ??= ground.filter().then((filter) => ruleSetter(filter, ground.tag, rulesOf));
    return made;
  };

  return {
    async arm(signal) {
      const network = await networkToArm(place, ground);
      await (await ground.filter()).assertTakes(rulesOf, ground.tag, signal);
      (await setter()).prepare(network);
      const { open, says } = await lookAtChannel(channel, network, signal);
      openBefore = open;
      return { mechanism: 'reject', evidence: says };
    },
    async inject(signal) {
      const network = await networkToTouch(place);
      const atNs = await (await setter()).set(network, signal);
      ending = new AbortController();
      const limit = AbortSignal.any([ending.signal, AbortSignal.timeout(KILL_TIMEOUT_MS)]);
      killing = pause(SPEAK_WITHIN_MS, limit).then((over) => (over ? killSockets(channel, network, limit) : []));
      return { atNs, mechanism: 'reject' };
    },
    async prove(signal) {
      const network = await networkToTouch(place);
      const killed = new Set(((await killing) ?? []).map(nameOf)).size;
      const rules = await setter();
      const look = async () => {
        const [saved, open] = await Promise.all([rules.saved(network, signal), openOnChannel(channel, network, signal)]);
        return judgeReset({ answered: packetsTaken(saved, ground.tag), killed, openBefore, open });
      };
      const judged = await lookUntil(look, ({ proven }) => proven, { everyMs: LOOK_EVERY_MS, signal });
      rules.prepareRemoval(network);
      if (!judged?.proven) throw new Error(judged?.evidence ?? 'there was no time to look');
      return { mechanism: 'reject', evidence: judged.evidence, facts: judged.facts };
    },
    async undo(signal) {
      ending.abort();
      if (!ground.mayHaveTouched()) {
        (await made)?.drop();
        return { evidence: 'nothing of it was ever reset' };
      }
      const atNs = await (await setter()).remove(await place.network(), signal);
      return atNs === undefined ? { mechanism: 'reject', evidence: 'it does not run' } : { atNs, mechanism: 'reject' };
    },
    async readBack(signal) {
      if (!ground.mayHaveTouched()) return { evidence: 'nothing of it was ever reset' };
      return { evidence: await (await setter()).readBack(await place.network(), signal) };
    },
  };
}

export interface SeenReset {
  /** Packets that were answered with a reset. */
  readonly answered: number;
  /** Silent connections that the kernel ended. */
  readonly killed: number;
  readonly openBefore: readonly TcpSocket[];
  readonly open: readonly TcpSocket[];
}

/** Proven where something was reset, and no connection that was open in arming still is. Pure. */
export function judgeReset({ answered, killed, openBefore, open }: SeenReset) {
  const left = new Set(open.map(nameOf));
  const still = openBefore.filter((socket) => left.has(nameOf(socket)));
  const gone = openBefore.length - still.length;
  const facts = { matchedPackets: answered, resetConnections: gone };
  const counted = `${answered} packets answered with a reset, ${killed} silent connections ended`;
  if (still.length > 0) {
    return { proven: false, evidence: `${still.length} of ${openBefore.length} connections are still open; ${counted}`, facts };
  }
  if (answered + killed === 0)
    return { proven: false, evidence: 'nothing was reset: no connection was open on the channel and none was tried', facts };
  return { proven: true, evidence: `${gone} of ${openBefore.length} connections that were open are gone; ${counted}`, facts };
}

function nameOf({ local, localPort, peer, peerPort }: TcpSocket): string {
  return `${local} ${localPort} ${peer} ${peerPort}`;
}
