/**
 * A container made anew from what the engine says of it: the same name, image, configuration, limits, restart policy, labels,
 * networks with their aliases and fixed addresses, and volumes, those without a name too. What the engine itself gave it is given
 * anew: its id, an address that was not fixed, a host port that was not. Pure.
 */
import { z } from 'zod';

export const endpointShape = z.looseObject({
  NetworkID: z.string(),
  IPAMConfig: z.unknown(),
  Links: z.array(z.string()).nullish(),
  Aliases: z.array(z.string()).nullish(),
  DriverOpts: z.unknown(),
  MacAddress: z.string().nullish(),
  IPAddress: z.string().nullish(),
  GlobalIPv6Address: z.string().nullish(),
  GwPriority: z.number().optional(),
});
export type Endpoint = z.output<typeof endpointShape>;

/** An inspection, whole: what is not named here is passed on as it is. */
export const wholeShape = z.looseObject({
  Id: z.string(),
  Name: z.string(),
  /** The image's id. */
  Image: z.string(),
  State: z.looseObject({ Pid: z.number(), Running: z.boolean() }),
  Config: z.looseObject({ Image: z.string(), Hostname: z.string().optional(), Labels: z.record(z.string(), z.string()).nullish() }),
  HostConfig: z.looseObject({
    NetworkMode: z.string(),
    AutoRemove: z.boolean().optional(),
    Binds: z.array(z.string()).nullish(),
    Links: z.array(z.string()).nullish(),
    Tmpfs: z.record(z.string(), z.string()).nullish(),
    Mounts: z.array(z.looseObject({ Type: z.string(), Source: z.string().optional(), Target: z.string() })).nullish(),
  }),
  Mounts: z.array(z.looseObject({ Type: z.string(), Name: z.string().optional(), Destination: z.string(), RW: z.boolean().optional() })),
  NetworkSettings: z.looseObject({ Networks: z.record(z.string(), endpointShape).nullish() }),
});
export type Whole = z.output<typeof wholeShape>;

export interface Recreation {
  readonly name: string;
  /** For creating it; it holds the network that the container was created with. */
  readonly body: unknown;
  /** To be connected before it is started, by the network's name; the engine takes only one when creating. */
  readonly networks: ReadonlyMap<string, unknown>;
}

/** How long an id is where the engine uses it as a name. */
const SHORT_ID_CHARACTERS = 12;

/** `image`: its name where that still names the same image, else the id. */
export function recreationOf(whole: Whole, image: string): Recreation {
  const mode = whole.HostConfig.NetworkMode;
  const networks = Object.entries(whole.NetworkSettings.Networks ?? {}).filter(() => hasNetworks(mode));
  const isFirst = ([name, endpoint]: readonly [string, Endpoint]) =>
    name === mode || endpoint.NetworkID === mode || (mode === 'default' && name === 'bridge');
  const first = networks.find(isFirst);
  return {
    name: whole.Name.replace(/^\//, ''),
    body: {
      ...configOf(whole),
      Image: image,
      HostConfig: hostConfigOf(whole),
      ...(first
        ? { NetworkingConfig: { EndpointsConfig: { [mode === 'default' ? 'bridge' : mode]: endpointOf(first[1], whole.Id) } } }
        : {}),
    },
    networks: new Map(networks.filter((each) => !isFirst(each)).map(([name, endpoint]) => [name, endpointOf(endpoint, whole.Id)])),
  };
}

/** Volumes that it mounts, by name; those without a name of their own have one that the engine made up. */
export function volumesOf({ Mounts }: Whole): readonly string[] {
  return Mounts.flatMap((mount) => (mount.Type === 'volume' && mount.Name !== undefined ? [mount.Name] : []));
}

/**
 * Of the paths that differ from the image's, those whose content would be lost: not what lies on mounts, not the folders on the way to
 * another one, and not `/run` and `/tmp`, which no program may expect to keep.
 */
export function lostPaths(changed: readonly string[], whole: Whole): readonly string[] {
  const mounted = [
    ...whole.Mounts.map((mount) => mount.Destination),
    ...Object.keys(whole.HostConfig.Tmpfs ?? {}),
    '/run',
    '/tmp',
    '/var/run',
  ];
  const isWithin = (path: string, folder: string) => path === folder || path.startsWith(`${folder.replace(/\/$/, '')}/`);
  return changed.filter(
    (path) =>
      !mounted.some((folder) => isWithin(path, folder) || isWithin(folder, path)) &&
      !changed.some((other) => other !== path && isWithin(other, path)),
  );
}

function hasNetworks(mode: string): boolean {
  return mode !== 'host' && mode !== 'none' && !mode.startsWith('container:');
}

function configOf({ Id, Config, HostConfig }: Whole): Record<string, unknown> {
  const { Hostname, ...rest } = Config;
  // In another one's network these belong to the other one, and the engine refuses them.
  if (HostConfig.NetworkMode.startsWith('container:')) return { ...rest, ExposedPorts: undefined, MacAddress: undefined };
  return Hostname === Id.slice(0, SHORT_ID_CHARACTERS) ? rest : { ...rest, Hostname };
}

function hostConfigOf({ HostConfig, Mounts }: Whole): Record<string, unknown> {
  const bound = new Set((HostConfig.Binds ?? []).map((bind) => bind.split(':')[1]));
  const wished = HostConfig.Mounts ?? [];
  const unnamed = Mounts.filter(
    ({ Type, Name, Destination }) =>
      Type === 'volume' && Name !== undefined && !bound.has(Destination) && !wished.some((mount) => mount.Target === Destination),
  );
  const binds = [
    ...(HostConfig.Binds ?? []),
    ...unnamed.map(({ Name, Destination, RW }) => `${Name}:${Destination}${RW === false ? ':ro' : ''}`),
  ];
  const named = wished.map((mount) =>
    mount.Type === 'volume' && (mount.Source ?? '') === ''
      ? { ...mount, Source: Mounts.find((each) => each.Destination === mount.Target)?.Name }
      : mount,
  );
  return {
    ...HostConfig,
    Binds: binds.length === 0 ? HostConfig.Binds : binds,
    ...(HostConfig.Mounts ? { Mounts: named } : {}),
    // The engine tells `/other:/this/alias` and takes `other:alias`.
    ...(HostConfig.Links ? { Links: HostConfig.Links.map(linkOf) } : {}),
  };
}

function linkOf(told: string): string {
  const [other = '', alias = ''] = told.split(':');
  return `${other.replace(/^\//, '')}:${alias.split('/').at(-1)}`;
}

/** An endpoint as the engine takes it, from how it tells it. */
export function endpointOf({ IPAMConfig, Links, Aliases, DriverOpts, MacAddress, IPAddress, GwPriority }: Endpoint, id: string): unknown {
  const aliases = (Aliases ?? []).filter((alias) => alias !== id.slice(0, SHORT_ID_CHARACTERS));
  const fixed = MacAddress && MacAddress !== macFrom(IPAddress ?? '');
  return {
    ...(IPAMConfig ? { IPAMConfig } : {}),
    ...(Links && Links.length > 0 ? { Links } : {}),
    ...(aliases.length > 0 ? { Aliases: aliases } : {}),
    ...(DriverOpts ? { DriverOpts } : {}),
    ...(fixed ? { MacAddress } : {}),
    ...(GwPriority === undefined ? {} : { GwPriority }),
  };
}

/** The hardware address that engines before 28 make of an IPv4 address, where none was asked for. */
function macFrom(address: string): string {
  return ['02', '42', ...address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'))].join(':');
}
