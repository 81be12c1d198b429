/**
 * An edge's HAProxy configuration: the way into one region. It spreads over the region's two manifest services, leaves
 * out the one that is down or is not of this region, tries a request that got no answer on the other (all requests are GETs), and names the region on its own errors.
 * Its /healthz is the manifest services' own, so that an edge with nothing behind it is seen as down.
 */
import type { Region } from './regions.ts';
import { RESOLVERS } from './resolvers-section.ts';

/** The whole text of haproxy.cfg. */
export function edgeConfig(region: Region): string {
  return `global
  log stdout format raw local0 notice
  maxconn 4000
  nbthread 1
  stats socket ipv4@127.0.0.1:9999 level admin
${RESOLVERS}
defaults
  mode http
  log global
  timeout connect 500ms
  timeout client 60s
  timeout server 7s
  timeout check 1s
  timeout http-keep-alive 60s
  retries 2
  option redispatch 1
  retry-on conn-failure empty-response

frontend viewers
  bind :8080
  http-request use-service prometheus-exporter if { path /metrics }
  http-after-response set-header x-served-by-region ${region} unless { res.hdr(x-served-by-region) -m found }
  default_backend manifest

backend manifest
  balance roundrobin
  option httpchk GET /healthz
  http-check expect hdr name x-served-by-region value ${region}
  http-check expect status 200
  default-server resolvers docker resolve-prefer ipv4 init-addr none check inter 1s fastinter 500ms downinter 1s fall 2 rise 1
  server manifest-a manifest-a-${region}:8080
  server manifest-b manifest-b-${region}:8080
`;
}
