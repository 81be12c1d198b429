/**
 * Meddles with a share of the HTTP requests to a container, or of those that it sends to others, by a proxy of ours in its network that new
 * connections are led through. Proven by requests that were hit; connections that were open before can be reset, so that
 * their clients come back through the proxy.
 */
import { z } from 'zod';
import { listenersIn } from '../channel-look.ts';
import { faultsShape } from '../http-proxy/faults.ts';
import { type ProxyOrders, proxyReadyShape } from '../http-proxy/orders.ts';
import { interception } from '../interception.ts';
import { inNetworkOf, onCue, runProgram, startProgram, type Waiting } from '../programs.ts';
import { connectionsPast, resettingFilter } from '../proxied-sockets.ts';
import { redirectRules } from '../redirect-rules.ts';
import { parseSockets } from '../tcp-sockets.ts';
import { type Network, networkToArm, networkToTouch, whereabouts } from '../whereabouts.ts';
import { type FiveMoves, type Ground, pause } from './five-moves.ts';
import { judgeHits, proxyCountsShape } from './http-proof.ts';
import { containerRef, defineOperation } from './operation.ts';

/** Between two looks at the proxy's counts. */
const LOOK_EVERY_MS = 50;
/** Resets the connections that a filter names. */
const RESET = ['ss', '--kill', '--tcp', '--numeric', '--no-header', 'state', 'established'];

const shape = z.object({
  op: z.literal('http'),
  container: containerRef,
  /** `in`: requests to the container's port; `out`: its requests to that port of the addresses. */
  direction: z.enum(['in', 'out']),
  port: z.int().min(1).max(65_535),
  /** Of the other side, not CIDRs where the direction is `out`; empty means everyone. */
  addresses: z.array(z.string()).readonly(),
  faults: faultsShape,
  resetOpen: z.boolean(),
  /** How long connections through the proxy may go on after the undo. */
  drainMs: z.number().min(0),
});

export type HttpOperation = z.output<typeof shape>;

export const http = defineOperation({
  shape,
  claims: ({ direction, port, addresses }) =>
    direction === 'in' ? [`requests to port ${port}`] : addresses.map((address) => `requests to ${address}:${port}`),
  decidedInArming: "whether the host's kernel can redirect connections",
  undoMs: ({ drainMs }) => drainMs,
  moves,
});

function moves(operation: HttpOperation, ground: Ground): FiveMoves {
  const place = whereabouts(ground.engine, operation.container);
  const { port, direction, resetOpen } = operation;
  const proxy = interception({
    ground,
    program: 'http-proxy',
    orders: async () => ordersOf(operation),
    rules: (family, ready) => redirectRules(family, ground.tag, direction, redirectsOf(operation, ready)),
    drainMs: operation.drainMs,
  });
  let own: readonly string[] = [];
  let resetting: Waiting | undefined;
  let reset = 0;
  const past = async (network: Network, open: number, signal: AbortSignal) => {
    const ran = await runProgram(inNetworkOf(network.pid, ['ss', '-tinHO', 'state', 'established']), signal);
    return connectionsPast(parseSockets(ran.stdout), { ...operation, own, open });
  };
  const drop = () => {
    resetting?.kill();
    proxy.drop();
  };

  return {
    async arm(signal) {
      const network = await networkToArm(place, ground);
      if (direction === 'in') await assertListening(network, port, signal);
      own = proxyReadyShape.parse(await proxy.start(network, signal)).addresses;
      const open = await past(network, 0, signal);
      if (resetOpen) resetting = startProgram(inNetworkOf(network.pid, onCue([...RESET, resettingFilter({ ...operation, own })])));
      const fate = resetOpen ? 'will be reset' : 'go past the proxy for as long as they last';
      return { mechanism: 'proxy', evidence: open === 0 ? 'no connection is open' : `${open} connections are open, and ${fate}` };
    },
    async inject(signal) {
      const network = await networkToTouch(place);
      const atNs = await proxy.set(network, signal);
      const killed = await resetting?.finish('reset\n');
      reset = killed?.stdout.split('\n').filter((line) => line !== '').length ?? 0;
      return {
        atNs,
        mechanism: 'proxy',
        ...(resetOpen ? { evidence: `${reset} open connections were reset`, facts: { resetConnections: reset } } : {}),
      };
    },
    async prove(signal) {
      const network = await networkToTouch(place);
      let counts = proxyCountsShape.parse(await proxy.ask('counts'));
      while (counts.hit === 0 && (await pause(LOOK_EVERY_MS, signal))) counts = proxyCountsShape.parse(await proxy.ask('counts'));
      proxy.prepareUndo(network);
      const judged = judgeHits(operation, counts, await past(network, counts.open, AbortSignal.timeout(LOOKING_MS)));
      if (!judged.proven) throw new Error(judged.evidence);
      return { mechanism: 'proxy', evidence: judged.evidence, facts: { ...judged.facts, resetConnections: reset } };
    },
    async undo(signal) {
      if (!ground.mayHaveTouched()) {
        drop();
        return { evidence: 'its requests were never touched' };
      }
      const { atNs, last, died } = await proxy.remove(await place.network(), signal);
      const counts = proxyCountsShape.safeParse(last);
      return {
        mechanism: 'proxy',
        ...(atNs === undefined ? { evidence: 'it does not run' } : { atNs, ...(died === undefined ? {} : { evidence: died }) }),
        ...(counts.success
          ? {
              evidence: `${counts.data.hit} of ${counts.data.matched} requests that matched were hit`,
              facts: { hitRequests: counts.data.hit },
            }
          : {}),
      };
    },
    async readBack(signal) {
      if (!ground.mayHaveTouched()) return { evidence: 'its requests were never touched' };
      return { evidence: await proxy.readBack(await place.network(), signal) };
    },
  };
}

/** For one look at the connections, when the time to prove it is over. */
const LOOKING_MS = 2_000;

/** One listener for all that comes in; one for each address that requests go out to. */
function ordersOf({ direction, port, addresses, faults, drainMs }: HttpOperation): ProxyOrders {
  const upstreams = direction === 'in' ? [{ port }] : addresses.map((address) => ({ address, port }));
  return { faults, upstreams, drainMs };
}

function redirectsOf({ direction, port, addresses }: HttpOperation, ready: unknown) {
  const said = proxyReadyShape.safeParse(ready);
  const ports = said.success ? said.data.ports : [];
  return ports.map((toPort, index) => ({
    protocol: 'tcp' as const,
    port,
    toPort,
    addresses: direction === 'in' ? addresses : addresses.slice(index, index + 1),
  }));
}

async function assertListening(network: Network, port: number, signal: AbortSignal): Promise<void> {
  const ran = await runProgram(inNetworkOf(network.pid, ['ss', '-tulnHO']), signal);
  const tcp = listenersIn(ran.stdout).filter((each) => each.protocol === 'tcp');
  if (tcp.some((each) => each.port === port)) return;
  const ports = [...new Set(tcp.map((each) => each.port))].sort((a, b) => a - b);
  const there = ports.length === 0 ? 'it listens on none' : `it listens on ${ports.join(', ')}`;
  throw new Error(`nothing in it listens on TCP port ${port}; ${there} (the port inside the container counts, not the published one)`);
}
