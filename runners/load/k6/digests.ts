/** The digests of `k6/crypto` by Node. */
import { createHash, createHmac, getHashes } from 'node:crypto';

/** k6's names where OpenSSL has others. */
const NAMES: Readonly<Record<string, string>> = { sha512_224: 'sha512-224', sha512_256: 'sha512-256', ripemd160: 'ripemd160' };

/** Hex. Throws Error where this machine's OpenSSL lacks the algorithm (md4, for the most part). */
export function digestHex(algorithm: string, data: string | Uint8Array, key?: string | Uint8Array): string {
  const name = NAMES[algorithm] ?? algorithm;
  try {
    return (key === undefined ? createHash(name) : createHmac(name, key)).update(data).digest('hex');
  } catch (error) {
    if (getHashes().some((each) => each.toLowerCase() === name)) throw error;
    throw new Error(`k6/crypto: ${algorithm} is not among the digests of this Node (OpenSSL ${process.versions['openssl']})`);
  }
}
