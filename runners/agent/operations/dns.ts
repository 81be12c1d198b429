/**
 * Answers a container's DNS questions for some names wrongly, or not at all, by a responder of ours in its network that its questions are led
 * through; the engine's own rules for 127.0.0.11 stay as they are, behind ours. Proven by a canary that asks as the container
 * does, and by the container's own questions.
 */
import { isIPv6 } from 'node:net';
import { z } from 'zod';
import { type DnsTold, dnsToldShape } from '../dns/ask.ts';
import { dnsAnswerShape, dnsReadyShape } from '../dns/orders.ts';
import { interception } from '../interception.ts';
import { namesOf } from '../names-of-target.ts';
import { BUNDLE_PATH } from '../places.ts';
import { inNetworkOf, startProgram, type Waiting } from '../programs.ts';
import { redirectRules } from '../redirect-rules.ts';
import { type Network, networkToArm, networkToTouch, whereabouts } from '../whereabouts.ts';
import { canaryFor, isAsWanted, judgeCanary, wordsOf } from './dns-proof.ts';
import { type FiveMoves, type Ground, pause } from './five-moves.ts';
import { containerRef, defineOperation } from './operation.ts';

const LOOK_EVERY_MS = 50;
/** How long the canary waits for an answer; a resolver that is well answers in far less. */
const CANARY_MS = 1_500;
const RESOLVERS_MAX = 16;
/** The responder's own time to drain. */
const DRAIN_MS = 1_000;

const countsShape = z.object({ questions: z.number(), hit: z.number(), underWay: z.number(), overflowed: z.number() });

const shape = z.object({
  op: z.literal('dns'),
  container: containerRef,
  /** Beside the nameservers of its /etc/resolv.conf. */
  resolvers: z.array(z.string()).readonly(),
  names: z.array(z.string()).min(1).readonly(),
  answer: dnsAnswerShape,
});

export type DnsOperation = z.output<typeof shape>;

export const dns = defineOperation({
  shape,
  claims: () => ['dns'],
  decidedInArming: "whether the host's kernel can redirect connections",
  undoMs: () => DRAIN_MS,
  moves,
});

function moves(operation: DnsOperation, ground: Ground): FiveMoves {
  const place = whereabouts(ground.engine, operation.container);
  const { names, answer } = operation;
  const canary = canaryFor(operation);
  let resolvers: readonly string[] = [];
  let asker: Waiting | undefined;
  let before: DnsTold | undefined;
  /** The canary's own questions that were hit. */
  let sung = 0;
  const responder = interception({
    ground,
    program: 'dns-responder',
    orders: async (network) => {
      resolvers = resolversOf(network, operation);
      return { resolvers, names, answer };
    },
    rules: (family, ready) => redirectRules(family, ground.tag, 'out', redirectsOf(resolvers, ready)),
    forgetting: (ready) => ({ set: forgettingAll(resolvers), gone: forgettingOurs(resolvers, ready) }),
    drainMs: DRAIN_MS,
  });
  const sing = async (): Promise<DnsTold> => {
    asker?.write(`${JSON.stringify({ resolver: resolvers[0], ...canary, withinMs: CANARY_MS })}\n`);
    return dnsToldShape.parse(JSON.parse((await asker?.line()) ?? '{}'));
  };
  const counts = async () => countsShape.parse(await responder.ask('counts'));
  const drop = () => {
    asker?.kill();
    asker = undefined;
    responder.drop();
  };

  return {
    async arm(signal) {
      const network = await networkToArm(place, ground);
      await responder.start(network, signal);
      asker = startProgram(inNetworkOf(network.pid, [process.execPath, BUNDLE_PATH, 'dns-asker']));
      before = await sing();
      return { mechanism: 'responder', evidence: `asked for ${canary.name}, ${resolvers[0]} ${wordsOf(before)}` };
    },
    async inject(signal) {
      return { atNs: await responder.set(await networkToTouch(place), signal), mechanism: 'responder' };
    },
    async prove(signal) {
      const network = await networkToTouch(place);
      await responder.forgetEarlier(network);
      const after = await sing();
      if (isAsWanted(after, answer)) sung += 1;
      let hit = (await counts()).hit - sung;
      // A name that was answered so before proves nothing; then only the container's own questions do.
      while (hit <= 0 && before && isAsWanted(before, answer) && (await pause(LOOK_EVERY_MS, signal))) hit = (await counts()).hit - sung;
      responder.prepareUndo(network);
      const judged = judgeCanary({ name: canary.name, answer, before, after, hit });
      if (!judged.proven) throw new Error(judged.evidence);
      return { mechanism: 'responder', evidence: judged.evidence, facts: { hitQuestions: hit } };
    },
    async undo(signal) {
      if (!ground.mayHaveTouched()) {
        drop();
        return { evidence: 'its questions were never touched' };
      }
      const { atNs, last, died } = await responder.remove(await place.network(), signal);
      const said = countsShape.safeParse(last);
      return {
        mechanism: 'responder',
        ...(atNs === undefined ? { evidence: 'it does not run' } : { atNs, ...(died === undefined ? {} : { evidence: died }) }),
        ...(said.success
          ? {
              evidence: `${said.data.hit - sung} of ${said.data.questions} questions were hit`,
              facts: { hitQuestions: said.data.hit - sung },
            }
          : {}),
      };
    },
    async readBack(signal) {
      if (!ground.mayHaveTouched()) return { evidence: 'its questions were never touched' };
      const rules = await responder.readBack(await place.network(), signal);
      if (!asker?.alive()) return { evidence: rules };
      const song = await sing();
      asker.kill();
      return { evidence: `${rules}; asked for ${canary.name}, ${resolvers[0]} ${wordsOf(song)}` };
    },
  };
}

const FORGET = ['conntrack', '--delete', '--proto', 'udp'];

/** Flows that began before the rules would go on to the resolver. A look through the kernel's table takes it some 10 ms, so that only families with a resolver are looked for. */
function forgettingAll(resolvers: readonly string[]): readonly (readonly string[])[] {
  return [...new Set(resolvers.map(familyOf))].map((family) => [...FORGET, '--family', family, '--orig-port-dst', '53']);
}

/** Flows that are led to the responder would go on to it, when it is gone; those that it passes on are left alone where they can be told. */
function forgettingOurs(resolvers: readonly string[], ready: unknown): readonly (readonly string[])[] {
  const said = dnsReadyShape.safeParse(ready);
  // Of an agent that was restarted: nobody knows any more which resolvers they were.
  if (!said.success) return forgettingAll(['0.0.0.0', '::']);
  return said.data.udp.map((port, index) => [...FORGET, '--family', familyOf(resolvers[index] ?? ''), '--reply-port-src', String(port)]);
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}

function redirectsOf(resolvers: readonly string[], ready: unknown) {
  const said = dnsReadyShape.safeParse(ready);
  if (!said.success) return [];
  return (['udp', 'tcp'] as const).flatMap((protocol) =>
    said.data[protocol].map((toPort, index) => ({ protocol, port: 53, toPort, addresses: resolvers.slice(index, index + 1) })),
  );
}

function resolversOf({ pid }: Network, { resolvers }: DnsOperation): readonly string[] {
  const all = [...new Set([...namesOf(pid).nameServers, ...resolvers])];
  if (all.length === 0) throw new Error('its /etc/resolv.conf names no nameserver; name those that it asks under `resolvers:`');
  if (all.length > RESOLVERS_MAX) throw new Error(`it asks ${all.length} resolvers; a dns-failure takes ${RESOLVERS_MAX}`);
  return all;
}
