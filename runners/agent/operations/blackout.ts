/**
 * Silences a container's network, open connections included, by rules of our own in its network namespace. Proven
 * by packets that the rules swallowed, and by a canary that was answered in arming and is answered no more.
 */
import { z } from 'zod';
import { CANARY_SILENCE_MS, tryCanary } from '../canary.ts';
import { type Channel, channelShape } from '../channel.ts';
import { lookAtChannel } from '../channel-look.ts';
import { contains } from '../cidr.ts';
import { blackoutRules, packetsTaken } from '../packet-rules.ts';
import { type RuleSetter, ruleSetter } from '../rule-setter.ts';
import { gatewayOf, networkToArm, networkToTouch, whereabouts } from '../whereabouts.ts';
import { type FiveMoves, type Ground, lookUntil } from './five-moves.ts';
import { containerRef, defineOperation } from './operation.ts';

/** Between two looks at the counters. */
const LOOK_EVERY_MS = 50;

/** The channel whose packets vanish without a word. */
const shape = z.object({ op: z.literal('blackout'), container: containerRef, channel: channelShape });

export const blackout = defineOperation({ shape, moves });

function moves(operation: z.output<typeof shape>, ground: Ground): FiveMoves {
  const place = whereabouts(ground.engine, operation.container);
  const { channel } = operation;
  /** An address on the channel that answered in arming. */
  let canary: string | undefined;
  let injectedIn: string | undefined;
  let made: Promise<RuleSetter> | undefined;
  const setter = () => {
    made ??= ground.filter().then((filter) => ruleSetter(filter, ground.tag, (family) => blackoutRules(family, ground.tag, channel)));
    return made;
  };

  return {
    async arm(signal) {
      const network = await networkToArm(place, ground);
      (await setter()).prepare(network);
      const { says } = await lookAtChannel(channel, network, signal);
      const tried = canaryOf(channel, gatewayOf(network.pid));
      const song = tried === undefined ? undefined : await tryCanary(network.pid, tried, signal);
      canary = song === 'answered' ? tried : undefined;
      if (canary !== undefined) return { evidence: `${says}; ${canary} answers` };
      return {
        evidence: `${says}; ${tried === undefined ? 'nobody to try on it' : `${tried} does not answer`}: its proof will be the packets swallowed`,
      };
    },
    async inject(signal) {
      const network = await networkToTouch(place);
      const atNs = await (await setter()).set(network, signal);
      injectedIn = network.namespace;
      return { atNs, mechanism: 'nfqueue' };
    },
    async prove(signal) {
      const network = await networkToTouch(place);
      const song = canary === undefined ? undefined : await tryCanary(network.pid, canary, signal);
      if (song === 'answered') throw new Error(`not dark: ${canary} still answers`);
      if (song === 'failed') throw new Error(`not silent: the way to ${canary} is refused at once`);
      const rules = await setter();
      const look = async () => packetsTaken(await rules.saved(network, signal), ground.tag);
      const matched = (await lookUntil(look, (packets) => packets > 0, { everyMs: LOOK_EVERY_MS, signal })) ?? 0;
      rules.prepareRemoval(network);
      if (matched === 0) throw new Error('no packet was swallowed: nothing was sent, or the rules do not work');
      const silence = song === 'silent' ? `; ${canary} answered before and is silent for ${CANARY_SILENCE_MS} ms` : '';
      return { mechanism: 'nfqueue', evidence: `${matched} packets swallowed${silence}`, facts: { matchedPackets: matched } };
    },
    async undo(signal) {
      if (!ground.mayHaveTouched()) {
        (await made)?.drop();
        return { evidence: 'it was never silenced' };
      }
      const network = await place.network();
      const atNs = await (await setter()).remove(network, signal);
      if (atNs === undefined) return { mechanism: 'nfqueue', evidence: 'it does not run' };
      const moved = injectedIn !== undefined && injectedIn !== network?.namespace;
      return { atNs, mechanism: 'nfqueue', ...(moved ? { evidence: 'it was restarted meanwhile, and was dark no more' } : {}) };
    },
    async readBack(signal) {
      if (!ground.mayHaveTouched()) return { evidence: 'it was never silenced' };
      const network = await place.network();
      const rules = await (await setter()).readBack(network, signal);
      if (!network || canary === undefined) return { evidence: rules };
      const song = await tryCanary(network.pid, canary, signal);
      return { evidence: `${rules}; ${canary} ${song === 'answered' ? 'answers again' : 'does not answer'}` };
    },
  };
}

/** Whom a canary may call on the channel without disturbing anybody: a single address of it, or the gateway where it is about everyone. Pure. */
export function canaryOf(channel: Channel, gateway: string | undefined): string | undefined {
  if (channel.ports.length > 0 || channel.interface !== undefined || channel.protocol === 'udp' || channel.protocol === 'icmp')
    return undefined;
  const [single] = channel.addresses.length === 0 ? [gateway] : channel.addresses.filter((address) => !address.includes('/'));
  return single === undefined || contains(channel.spare, single) ? undefined : single;
}
