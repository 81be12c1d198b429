/**
 * The front door's HAProxy configuration: an anycast network's behaviour in one process. The header `x-viewer-region`
 * stands for where the viewer's packets enter; each region has a backend of its own edge and, as backups in order of
 * distance, all the others. Without failover the same configuration has no backups, and differs in nothing else.
 *
 * Searches are dear, and steered: while as many requests of a region's viewers are under way at its own edge as it has room for, their next
 * searches go to the nearest region that has fewer of them, as long as there is one.
 *
 * A dark edge is noticed within 2.5 s: checks every second (1 s apart at most, half a second after the first
 * failure), two failures, 500 ms to connect each.
 */
import { HOME, nearestFirst, REGIONS, type Region } from './regions.ts';
import { RESOLVERS } from './resolvers-section.ts';

export interface FrontDoor {
  readonly deployed: readonly Region[];
  readonly failover: boolean;
  /** Without failover there is nowhere to steer to. */
  readonly steering: boolean;
}

/** Requests of one region's viewers that are under way at one edge. Six searches at once take a third of a second each, where one alone takes 0.15 s. */
const STEERED_ABOVE = 6;

const HEAD = `global
  log stdout format raw local0 notice
  maxconn 8000
  nbthread 1
  stats socket /run/haproxy/admin.sock mode 600 level admin
  stats socket ipv4@127.0.0.1:9999 level admin
  stats timeout 30s
${RESOLVERS}
defaults
  mode http
  log global
  timeout connect 500ms
  timeout client 30s
  timeout server 8s
  timeout check 1s
  timeout http-keep-alive 60s
  retries 2
  option redispatch 1
  retry-on conn-failure empty-response
  default-server resolvers docker resolve-prefer ipv4 init-addr none
`;

/** The whole text of haproxy.cfg. */
export function frontDoorConfig(door: FrontDoor): string {
  const { deployed } = door;
  const checked = deployed.map(regionBackend).join('');
  return `${HEAD}${entrance(deployed)}${checked}${REGIONS.map((viewer) => viewersBackend(viewer, door)).join('')}`;
}

function entrance(deployed: readonly Region[]): string {
  const regionUp = deployed.map((region) => `  acl region_up nbsrv(region-${region}) ge 1\n`).join('');
  return `
frontend viewers
  bind :8080
${regionUp}  http-request use-service prometheus-exporter if { path /metrics }
  http-request return status 200 content-type text/plain string "ok" if { path /healthz } region_up
  http-request return status 503 content-type text/plain string "no region is up" if { path /healthz }
  use_backend prometheus if { path_beg /prometheus }
  http-request set-var(txn.viewer) req.hdr(x-viewer-region),lower
  use_backend viewers-%[var(txn.viewer)] if { var(txn.viewer) -m found }
  default_backend viewers-${HOME}

backend prometheus
  server prometheus prometheus:9090
`;
}

/** Where a region's health is checked, once for all viewers. The answer must name the region, so that no other can answer for it. */
function regionBackend(region: Region): string {
  return `
backend region-${region}
  option httpchk GET /healthz
  http-check expect hdr name x-served-by-region value ${region}
  http-check expect status 200
  server edge edge-${region}:8080 check inter 1s fastinter 500ms downinter 1s fall 2 rise 2
`;
}

/** Viewers of one region: the nearest edge serves; the others are backups, of which HAProxy uses the first that is up. */
function viewersBackend(viewer: Region, { deployed, failover, steering }: FrontDoor): string {
  const [nearest, ...others] = nearestFirst(viewer, deployed);
  const servers = [...(nearest ? [serverLine(nearest)] : []), ...(failover ? others.map((region) => `${serverLine(region)} backup`) : [])];
  const steered = nearest && failover && steering ? steeringLines(`viewers-${viewer}`, [nearest, ...others]) : [];
  return `\nbackend viewers-${viewer}\n${[...steered, ...servers].join('\n')}\n`;
}

/** Each region takes what those that are nearer have no room for. A rule whose region is down is passed over. */
function steeringLines(backend: string, [nearest, ...others]: readonly Region[]): readonly string[] {
  const full = (region: Region | undefined) => `{ srv_conn(${backend}/${region}) ge ${STEERED_ABOVE} }`;
  return others.map((region) => `  use-server ${region} if { path_beg /search/ } ${full(nearest)} !${full(region)}`);
}

/** What hangs on an edge that goes down is cut at once, so that its viewers ask again instead of waiting. */
function serverLine(region: Region): string {
  return `  server ${region} edge-${region}:8080 track region-${region}/edge on-marked-down shutdown-sessions`;
}
