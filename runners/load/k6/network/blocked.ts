/** k6's `blacklistIPs` and `blockHostnames`: where requests of a test must not go. */
import dns from 'node:dns';
import net, { BlockList, type LookupFunction } from 'node:net';
import { EXIT, FiredrillError } from '../../../failure.ts';
import { nameMatches, type RequestOptions } from './request-options.ts';

export class Blocked {
  readonly #names: readonly string[];
  readonly #addresses = new BlockList();
  readonly #anyAddress: boolean;

  /** Throws FiredrillError `load.blacklist` where an entry is no range of addresses. */
  constructor({ blacklistIPs = [], blockHostnames = [] }: RequestOptions) {
    this.#names = blockHostnames;
    this.#anyAddress = blacklistIPs.length > 0;
    for (const range of blacklistIPs) this.#add(range);
  }

  name(hostname: string): boolean {
    return this.#names.some((pattern) => nameMatches(pattern, hostname));
  }

  address(address: string): boolean {
    const version = this.#anyAddress ? net.isIP(address) : 0;
    return version !== 0 && this.#addresses.check(address, version === 6 ? 'ipv6' : 'ipv4');
  }

  /** The system's look-up, which fails where a name leads to such an address; undefined where nothing is blocked. */
  get lookup(): LookupFunction | undefined {
    if (!this.#anyAddress) return undefined;
    return (hostname, options, callback) => {
      dns.lookup(hostname, { ...options, all: true }, (error, found) => {
        const blocked = found?.find(({ address }) => this.address(address));
        const [first] = found ?? [];
        if (error) callback(error, '');
        else if (blocked)
          callback(
            Object.assign(new Error(`${hostname} is at ${blocked.address}, which is blacklisted`), { code: 'FIREDRILL_BLOCKED_IP' }),
            '',
          );
        else if (options.all) callback(null, found);
        else callback(null, first?.address ?? '', first?.family);
      });
    };
  }

  #add(range: string): void {
    const [address = '', bits] = range.split('/');
    const version = net.isIP(address);
    const type = version === 6 ? 'ipv6' : 'ipv4';
    const longest = version === 6 ? 128 : 32;
    const length = bits === undefined ? longest : Number(bits);
    if (version === 0 || !Number.isInteger(length) || length < 0 || length > longest) {
      throw new FiredrillError('load.blacklist', `blacklistIPs: '${range}' is no range of addresses`, {
        hint: 'write an address, or a range like 10.0.0.0/8',
        exitCode: EXIT.experimentWrong,
      });
    }
    this.#addresses.addSubnet(address, length, type);
  }
}
