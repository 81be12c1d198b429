/** Judges whether requests are meddled with, from what came through the proxy and what went past it. Pure. */
import { z } from 'zod';

/** What the proxy counted since it began. */
export const proxyCountsShape = z.object({
  connections: z.number(),
  open: z.number(),
  requests: z.number(),
  matched: z.number(),
  hit: z.number(),
  other: z.number(),
  released: z.number(),
  heldMs: z.number(),
});
export type ProxyCounts = z.output<typeof proxyCountsShape>;

export interface JudgedHits {
  readonly proven: boolean;
  readonly evidence: string;
  readonly facts: Readonly<Record<string, number>>;
}

/** `past`: connections that are open and do not go through the proxy. */
export function judgeHits({ resetOpen }: { readonly resetOpen: boolean }, counts: ProxyCounts, past: number): JudgedHits {
  const { connections, requests, matched, hit, other, released, heldMs } = counts;
  const through = `${connections} connections came through the proxy`;
  const meanHeldMs = released === 0 ? undefined : Math.round((heldMs / released) * 10) / 10;
  const asides = [
    ...(other === 0 ? [] : [`${other} of them were not HTTP/1.x and passed untouched`]),
    ...(past === 0 ? [] : [`${past} that were open before ${resetOpen ? 'could not be reset and go' : 'go'} past it`]),
  ];
  const facts = {
    hitRequests: hit,
    matchedRequests: matched,
    proxiedConnections: connections,
    otherConnections: other,
    ...(meanHeldMs === undefined ? {} : { meanHeldMs }),
  };
  const judged = (proven: boolean, ...words: readonly string[]) => ({ proven, evidence: [...words, ...asides].join('; '), facts });
  if (hit > 0) {
    const held = meanHeldMs === undefined ? '' : `, held ${meanHeldMs} ms on average`;
    return judged(true, `${hit} of ${matched} requests that matched were hit${held}`, through);
  }
  if (matched > 0) return judged(false, `none of the ${matched} requests that matched was hit`, through);
  if (requests > 0) return judged(false, `none of ${requests} requests matched`, through);
  if (connections > 0) return judged(false, 'no request of HTTP/1.x came', through);
  const hint = past > 0 && !resetOpen ? ['with `open-connections: reset` their clients would come back through the proxy'] : [];
  return judged(false, 'no connection came through the proxy', ...hint);
}
