/** A container's places on its networks, as the engine tells them: which of them a disconnection takes, and whether they are back. Pure. */
import { z } from 'zod';
import { COMPOSE_LABEL } from '../docker/labels.ts';
import { type Endpoint, endpointOf, endpointShape } from './re-creation.ts';

/** An inspection, as far as networks go. */
export const connectedShape = z.object({
  Id: z.string(),
  Image: z.string(),
  State: z.object({ Running: z.boolean() }),
  Config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }),
  HostConfig: z.object({
    NetworkMode: z.string(),
    PublishAllPorts: z.boolean().nullish(),
    PortBindings: z.record(z.string(), z.array(z.object({ HostPort: z.string().nullish() })).nullish()).nullish(),
  }),
  NetworkSettings: z.object({ Networks: z.record(z.string(), endpointShape).nullish() }),
});
export type Connected = z.output<typeof connectedShape>;

/** A place on a network. */
export const placeShape = z.object({ network: z.string(), endpoint: endpointShape });
export type NetworkPlace = z.output<typeof placeShape>;

/** What is kept for the undo, in the order of the container's interfaces. */
export const keptPlacesShape = z.array(placeShape);

/** Its places on the network asked for (by the engine's name or by Compose's), or on all. Throws with a sentence where it has none, or could not come back to it as it was. */
export function placesToLeave(whole: Connected, asked: string | undefined): readonly NetworkPlace[] {
  const { NetworkMode: mode } = whole.HostConfig;
  if (mode === 'host' || mode === 'none' || mode.startsWith('container:')) throw new Error(`it has no network of its own (${mode})`);
  const project = whole.Config.Labels?.[COMPOSE_LABEL.project];
  const places = Object.entries(whole.NetworkSettings.Networks ?? {}).map(([network, endpoint]) => ({ network, endpoint }));
  const chosen = places.filter(({ network }) => asked === undefined || network === asked || network === `${project}_${asked}`);
  if (chosen.length === 0) {
    const on = places.map(({ network }) => network).join(', ');
    throw new Error(asked === undefined ? 'it is on no network' : `it is not on the network '${asked}'; it is on: ${on || 'none'}`);
  }
  const port = changingPort(whole);
  if (port !== undefined)
    throw new Error(`its port ${port} is published on a host port that the engine chose, and would choose anew: name one under \`ports:\``);
  return chosen;
}

/** A published port whose number on the host would be another after reconnecting. */
function changingPort({ HostConfig: { PublishAllPorts: all, PortBindings: bindings } }: Connected): string | undefined {
  if (all) return '(all of them)';
  return Object.entries(bindings ?? {}).find(([, hosts]) =>
    hosts?.some(({ HostPort: port }) => !port || port === '0' || port.includes('-')),
  )?.[0];
}

/** In the order of the interfaces; `macs` are the kernel's, in that order. */
export function inInterfaceOrder(places: readonly NetworkPlace[], macs: readonly string[]): readonly NetworkPlace[] {
  const rank = ({ endpoint }: NetworkPlace) => {
    const at = macs.indexOf(endpoint.MacAddress ?? '');
    return at < 0 ? macs.length : at;
  };
  return places.toSorted((left, right) => rank(left) - rank(right));
}

/** The hardware addresses in the output of `ip -o link`, in the order of the interfaces. */
export function macsIn(links: string): readonly string[] {
  return [...links.matchAll(/link\/ether ([0-9a-f:]{17})/g)].flatMap(([, mac]) => mac ?? []);
}

/** Where a container is on the network by now; undefined where it is not. */
export function placeNow(whole: Connected, { network, endpoint }: NetworkPlace): Endpoint | undefined {
  const now = whole.NetworkSettings.Networks ?? {};
  return Object.values(now).find((each) => each.NetworkID === endpoint.NetworkID) ?? now[network];
}

/** How its place differs from the one that it had: addresses (where it runs) and aliases; empty where it does not. */
export function differences(now: Endpoint, { endpoint }: NetworkPlace, id: string, running: boolean): readonly string[] {
  const aliases = (each: Endpoint) => [...new Set((each.Aliases ?? []).filter((alias) => alias !== id.slice(0, 12)))].sort().join(', ');
  const named: readonly (readonly [string, string, string])[] = [
    ['aliases', aliases(endpoint), aliases(now)],
    ...(running ? addressesOf(endpoint).map(([name, was], index) => [name, was, addressesOf(now)[index]?.[1] ?? ''] as const) : []),
  ];
  return named.flatMap(([name, was, is]) => (was === is ? [] : [`${name} ${is || 'none'} instead of ${was || 'none'}`]));
}

function addressesOf({ IPAddress, GlobalIPv6Address }: Endpoint): readonly (readonly [string, string])[] {
  return [
    ['IPv4 address', IPAddress ?? ''],
    ['IPv6 address', GlobalIPv6Address ?? ''],
  ];
}

/** The same endpoint with the addresses that it had, for the engine to give again; it takes them only on networks whose subnet a person chose. */
export function withItsAddresses(endpoint: Endpoint, id: string): unknown {
  const { IPAddress: ipv4, GlobalIPv6Address: ipv6 } = endpoint;
  return {
    ...z.looseObject({}).parse(endpointOf(endpoint, id)),
    IPAMConfig: {
      ...z.looseObject({}).nullish().parse(endpoint.IPAMConfig),
      ...(ipv4 ? { IPv4Address: ipv4 } : {}),
      ...(ipv6 ? { IPv6Address: ipv6 } : {}),
    },
  };
}

/** True where a person fixed one of its addresses, so that it must have the same again. */
export function isFixed({ IPAMConfig }: Endpoint): boolean {
  const asked = z.looseObject({ IPv4Address: z.string().optional(), IPv6Address: z.string().optional() }).nullish().safeParse(IPAMConfig);
  return Boolean(asked.data?.IPv4Address || asked.data?.IPv6Address);
}
