/** What the agent tells the proxy, and what the proxy says when it listens. */
import { z } from 'zod';
import { faultsShape } from './faults.ts';

/** The first line of its input. */
export const proxyOrdersShape = z.object({
  faults: faultsShape,
  /** Where connections are passed on to, one listener each; without an address, to the one at which they came in. */
  upstreams: z.array(z.object({ address: z.string().exactOptional(), port: z.int().min(1).max(65_535) })).readonly(),
  drainMs: z.number().min(0),
});
export type ProxyOrders = z.output<typeof proxyOrdersShape>;

/** The ports, in the order of the upstreams, and the addresses of its network. */
export const proxyReadyShape = z.object({ ports: z.array(z.number()).readonly(), addresses: z.array(z.string()).readonly() });
