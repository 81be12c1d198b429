/** A network with IPv4 and IPv6 for a stage; whoever makes it removes it. */
import type Docker from 'dockerode';
import { STAGE_LABEL, type Stage } from './agent-stage.ts';

/** `group`: four hexadecimal digits of the test's own, so that the addresses of tests side by side do not meet. */
export function dualNetwork({ docker, label }: Stage, group: string): Promise<Docker.Network> {
  return docker.createNetwork({
    Name: `firedrill-${label}-${process.pid}`,
    EnableIPv6: true,
    IPAM: { Config: [{ Subnet: `fd00:${group}:${(process.pid % 0xffff).toString(16)}::/64` }] },
    Labels: { [STAGE_LABEL]: label },
  });
}
