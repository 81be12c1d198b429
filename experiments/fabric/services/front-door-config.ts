/**
 * The front door's HAProxy configuration: an anycast network's behaviour in one process. The header `x-viewer-region`
 * stands for where the viewer's packets enter; each region has a backend of its own edge and, as backups in order of
 * distance, all the others. Without failover the same configuration has no backups, and differs in nothing else.
 *
 * A dark edge is noticed within 2.5 s: checks every second (1 s apart at most, half a second after the first
 * failure), two failures, 500 ms to connect each.
 */
import { HOME, nearestFirst, REGIONS, type Region } from './regions.ts';

export interface FrontDoor {
  readonly deployed: readonly Region[];
  readonly failover: boolean;
}

const HEAD = `global
  log stdout format raw local0 notice
  maxconn 8000
  nbthread 1
  stats socket /run/haproxy/admin.sock mode 600 level admin
  stats socket ipv4@127.0.0.1:9999 level admin
  stats timeout 30s

resolvers docker
  nameserver engine 127.0.0.11:53
  timeout resolve 2s
  timeout retry 1s
  hold valid 2s
  hold nx 60s
  hold other 60s
  hold obsolete 60s
  hold refused 60s
  hold timeout 60s

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

const ENTRANCE = `
frontend viewers
  bind :8080
  http-request use-service prometheus-exporter if { path /metrics }
  http-request return status 200 content-type text/plain string "ok" if { path /healthz } { nbsrv(regions) ge 1 }
  http-request return status 503 content-type text/plain string "no region is up" if { path /healthz }
  use_backend prometheus if { path_beg /prometheus }
  http-request set-var(txn.viewer) req.hdr(x-viewer-region),lower
  use_backend viewers-%[var(txn.viewer)] if { var(txn.viewer) -m found }
  default_backend viewers-${HOME}

backend prometheus
  server prometheus prometheus:9090
`;

/** The whole text of haproxy.cfg. */
export function frontDoorConfig({ deployed, failover }: FrontDoor): string {
  const checked = deployed.map((region) => `  server ${region} edge-${region}:8080 check\n`).join('');
  const regions = `
backend regions
  option httpchk GET /healthz
  http-check expect status 200
  default-server inter 1s fastinter 500ms downinter 1s fall 2 rise 2
${checked}`;
  return `${HEAD}${ENTRANCE}${regions}${REGIONS.map((viewer) => viewersBackend(viewer, deployed, failover)).join('')}`;
}

/** Viewers of one region: the nearest edge serves; the others are backups, of which HAProxy uses the first that is up. */
function viewersBackend(viewer: Region, deployed: readonly Region[], failover: boolean): string {
  const [nearest, ...others] = nearestFirst(viewer, deployed);
  const servers = [...(nearest ? [serverLine(nearest)] : []), ...(failover ? others.map((region) => `${serverLine(region)} backup`) : [])];
  return `\nbackend viewers-${viewer}\n${servers.join('\n')}\n`;
}

/** Health is checked once a region, in `regions`; what hangs on an edge that goes down is cut at once. */
function serverLine(region: Region): string {
  return `  server ${region} edge-${region}:8080 track regions/${region} on-marked-down shutdown-sessions`;
}
