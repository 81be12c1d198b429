/**
 * Takes a container off a network, or off all of them, through the engine, and puts it back where it was: the same aliases, the
 * same addresses, in the order of its interfaces. How it was waits on the engine meanwhile (see keepsake.ts). Proven by
 * the kernel: the interfaces are gone from its network namespace.
 */
import { z } from 'zod';
import {
  connectedShape,
  differences,
  inInterfaceOrder,
  isFixed,
  keptPlacesShape,
  macsIn,
  type NetworkPlace,
  placeNow,
  placesToLeave,
  withItsAddresses,
} from '../endpoints.ts';
import type { Engine } from '../engine.ts';
import { keepsake } from '../keepsake.ts';
import { inNetworkOf, runProgram } from '../programs.ts';
import { endpointOf } from '../re-creation.ts';
import { networkToArm, networkToTouch, whereabouts } from '../whereabouts.ts';
import { type FiveMoves, type Ground, lookUntil } from './five-moves.ts';
import { containerRef, defineOperation } from './operation.ts';

/** Between two looks at the interfaces. */
const LOOK_EVERY_MS = 50;

/** From the network of this name, the engine's or Compose's; without it from every network. */
const shape = z.object({ op: z.literal('disconnect'), container: containerRef, network: z.string().exactOptional() });

export const disconnect = defineOperation({
  shape,
  claims: () => ['networks'],
  decidedInArming: 'whether it is on that network, and can be put back as it was',
  moves,
});

function moves(operation: z.output<typeof shape>, ground: Ground): FiveMoves {
  const { engine } = ground;
  const { id } = operation.container;
  const place = whereabouts(engine, operation.container);
  const kept = keepsake(ground);
  let left: readonly NetworkPlace[] = [];
  const macsOf = async (signal: AbortSignal) => {
    const network = await networkToTouch(place);
    const ran = await runProgram(inNetworkOf(network.pid, ['ip', '-o', 'link']), signal);
    if (ran.code !== 0) throw new Error(`reading its interfaces failed: ${ran.stderr.trim()}`);
    return macsIn(ran.stdout);
  };

  return {
    async arm(signal) {
      await networkToArm(place, ground);
      const whole = connectedShape.parse(await engine.inspectWhole(id));
      left = inInterfaceOrder(placesToLeave(whole, operation.network), await macsOf(signal));
      for (const each of left) await assertAttachable(each, ground);
      await kept.keep(JSON.stringify(left), whole.Image, []);
      return { mechanism: 'engine', evidence: `it is on ${namesOf(left)}` };
    },
    async inject() {
      for (const { endpoint } of left) await engine.disconnect(endpoint.NetworkID, id);
      return { mechanism: 'engine' };
    },
    async prove(signal) {
      const gone = left.flatMap(({ endpoint }) => endpoint.MacAddress ?? []);
      const look = async () => (await macsOf(signal)).filter((mac) => gone.includes(mac));
      const there = await lookUntil(look, (macs) => macs.length === 0, { everyMs: LOOK_EVERY_MS, signal });
      if (gone.length === 0 || there?.length !== 0)
        throw new Error(`no effect: its interfaces ${(there ?? gone).join(', ')} are still there`);
      return { mechanism: 'engine', evidence: `its interfaces to ${namesOf(left)} are gone`, facts: { disconnectedNetworks: left.length } };
    },
    async undo() {
      const reading = kept.read();
      const said: string[] = [];
      const failed: string[] = [];
      let atNs = process.hrtime.bigint();
      await ground.bringBack({
        places: reading.then((text) => (ground.mayHaveTouched() && text !== undefined ? keptPlacesShape.parse(JSON.parse(text)) : [])),
        async putBack(each) {
          await putBack(each, id, engine).then(
            (words) => said.push(words),
            (error) => failed.push(`${each.network}: ${error.message}`),
          );
          atNs = process.hrtime.bigint();
        },
      });
      if (failed.length > 0) throw new Error(failed.join('; '));
      await kept.drop();
      if ((await reading) === undefined) return { evidence: 'nothing is kept of it: there is nothing to bring back' };
      if (!ground.mayHaveTouched()) return { evidence: 'it was never touched' };
      return { atNs, mechanism: 'engine', evidence: said.join('; ') };
    },
    async readBack() {
      const text = await kept.read();
      if (text !== undefined) throw new Error(`it is not back on ${namesOf(keptPlacesShape.parse(JSON.parse(text)))}`);
      if (!ground.mayHaveTouched()) return { evidence: 'it was never touched' };
      const found = connectedShape.safeParse(await engine.inspectWhole(id));
      return { evidence: found.success ? `it is on ${Object.keys(found.data.NetworkSettings.Networks ?? {}).join(', ')}` : 'it is gone' };
    },
  };
}

/** Connects it as it was; answers with what came of it. Throws where an address that a person fixed could not be given again. */
async function putBack(place: NetworkPlace, id: string, engine: Engine): Promise<string> {
  const { network, endpoint } = place;
  const look = async () => connectedShape.optional().parse(await engine.inspectWhole(id));
  const found = await look();
  if (!found) return 'it is gone';
  if (placeNow(found, place)) return `it was on ${network} again, and is left alone`;
  if ((await engine.inspectNetwork(endpoint.NetworkID)) === undefined) return `the network ${network} is gone`;
  await engine.connect(endpoint.NetworkID, id, endpointOf(endpoint, id));
  const differing = async () => {
    const whole = await look();
    const now = whole && placeNow(whole, place);
    return whole && now ? differences(now, place, id, whole.State.Running) : [];
  };
  if ((await differing()).length === 0) return `on ${network} as it was`;
  // Somebody else may have its address by now, and the engine gives a chosen one only on networks whose subnet a person chose.
  await engine.disconnect(endpoint.NetworkID, id);
  await engine
    .connect(endpoint.NetworkID, id, withItsAddresses(endpoint, id))
    .catch(() => engine.connect(endpoint.NetworkID, id, endpointOf(endpoint, id)));
  const still = await differing();
  if (still.length > 0 && isFixed(endpoint)) throw new Error(still.join(', '));
  return still.length === 0 ? `on ${network} as it was` : `on ${network}, with ${still.join(', ')}`;
}

/** Throws where nobody may connect a container by hand. */
async function assertAttachable({ network, endpoint }: NetworkPlace, { engine }: Ground): Promise<void> {
  const found = z.object({ Scope: z.string(), Attachable: z.boolean() }).safeParse(await engine.inspectNetwork(endpoint.NetworkID));
  if (found.data?.Scope === 'swarm' && !found.data.Attachable) {
    throw new Error(`the network ${network} is Swarm's and not attachable, so that it could not be put back`);
  }
}

function namesOf(places: readonly NetworkPlace[]): string {
  return places.map(({ network }) => network).join(', ');
}
