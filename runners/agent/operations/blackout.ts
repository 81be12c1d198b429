/**
 * Silences a container's network, open connections included, by rules of our own in its network namespace. Proven
 * by packets that the rules swallowed, and by a canary that was answered in arming and is answered no more.
 */
import { z } from 'zod';
import { CANARY_SILENCE_MS, tryCanary } from '../canary.ts';
import { contains } from '../cidr.ts';

import { blackoutRules, packetsSilenced } from '../packet-rules.ts';
import { type RuleSetter, ruleSetter } from '../rule-setter.ts';
import { gatewayOf, networkToTouch, whereabouts } from '../whereabouts.ts';
import { type FiveMoves, type Ground, pause } from './five-moves.ts';
import { containerRef, defineOperation } from './operation.ts';

/** Between two looks at the counters. */
const LOOK_EVERY_MS = 50;

/** Traffic to drop without a word: everything but loopback, the engine's DNS and the addresses in `spare`. */
const shape = z.object({
  op: z.literal('blackout'),
  container: containerRef,
  /** CIDRs that stay reachable in both directions (the rest of the selection). */
  spare: z.array(z.string()).readonly(),
  direction: z.enum(['both', 'in', 'out']),
});

export const blackout = defineOperation({ shape, moves });

function moves(operation: z.output<typeof shape>, ground: Ground): FiveMoves {
  const place = whereabouts(ground.engine, operation.container);
  /** The gateway, where it answered in arming and is not spared. */
  let canary: string | undefined;
  let injectedIn: string | undefined;
  let made: Promise<RuleSetter> | undefined;
  const setter = () => {
    made ??= ground
      .filter()
      .then((filter) => ruleSetter(filter, ground.tag, (family) => blackoutRules(family, { tag: ground.tag, ...operation })));
    return made;
  };

  return {
    async arm(signal) {
      const network = await networkToTouch(place);
      (await setter()).prepare(network);
      const gateway = gatewayOf(network.pid);
      if (gateway === undefined || contains(operation.spare, gateway))
        return { evidence: 'no gateway to try: its proof will be the packets swallowed' };
      const song = await tryCanary(network.pid, gateway, signal);
      canary = song === 'answered' ? gateway : undefined;
      return {
        evidence: `its gateway ${gateway} ${song === 'answered' ? 'answers' : 'does not answer: its proof will be the packets swallowed'}`,
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
      if (song === 'answered') throw new Error(`not dark: its gateway ${canary} still answers`);
      if (song === 'failed') throw new Error(`not silent: the way to its gateway ${canary} is refused at once`);
      let matched = 0;
      do {
        matched = packetsSilenced(await (await setter()).saved(network, signal), ground.tag);
      } while (matched === 0 && (await pause(LOOK_EVERY_MS, signal)));
      (await setter()).prepare(network);
      if (matched === 0) throw new Error('no packet was swallowed: nothing was sent, or the rules do not work');
      const silence = song === 'silent' ? `; its gateway ${canary} answered before and is silent for ${CANARY_SILENCE_MS} ms` : '';
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
      return { evidence: `${rules}; its gateway ${song === 'answered' ? 'answers again' : 'does not answer'}` };
    },
  };
}
