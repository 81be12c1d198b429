/** CIDRs and single addresses, IPv4 and IPv6 alike. */
import { BlockList, isIP, isIPv6 } from 'node:net';

/** True where one of the CIDRs holds the address; what is no CIDR holds none. */
export function contains(cidrs: readonly string[], address: string): boolean {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [base = '', bits] = cidr.split('/');
    if (isIP(base) === 0) continue;
    const family = isIPv6(base) ? 'ipv6' : 'ipv4';
    list.addSubnet(base, bits === undefined ? (family === 'ipv6' ? 128 : 32) : Number(bits), family);
  }
  return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
