/** `k6/crypto`: digests, HMACs and random bytes. The digests themselves are the host's. */
import type { ScriptHost } from '../host.ts';
import { base64Text, hexBytes, hexText, toBuffer, toBytes } from './bytes.ts';

const ALGORITHMS = ['md4', 'md5', 'sha1', 'sha256', 'sha384', 'sha512', 'sha512_224', 'sha512_256', 'ripemd160'] as const;
type Algorithm = (typeof ALGORITHMS)[number];
/** Of one call; a script that asks for more has made a mistake. */
const RANDOM_BYTES_MAX = 1 << 30;

type Digest = (input: unknown, outputEncoding?: unknown) => string | ArrayBuffer;

function outputOf(hex: string, encoding: unknown): string | ArrayBuffer {
  switch (encoding) {
    case undefined:
    case null:
    case 'hex':
      return hex;
    case 'base64':
      return base64Text(hexBytes(hex), 'std');
    case 'base64url':
      return base64Text(hexBytes(hex), 'url');
    case 'base64rawurl':
      return base64Text(hexBytes(hex), 'rawurl');
    case 'binary':
      return toBuffer(hexBytes(hex));
    default:
      throw new Error(`Invalid output encoding: ${String(encoding)}`);
  }
}

/** Gathers data and digests it in the end. */
class Hasher {
  readonly #finish: (data: Uint8Array) => string;
  #data = new Uint8Array(0);

  constructor(finish: (data: Uint8Array) => string) {
    this.#finish = finish;
  }

  update(input: unknown): this {
    const more = toBytes(input);
    const both = new Uint8Array(this.#data.length + more.length);
    both.set(this.#data);
    both.set(more, this.#data.length);
    this.#data = both;
    return this;
  }

  digest(outputEncoding?: unknown): string | ArrayBuffer {
    return outputOf(this.#finish(this.#data), outputEncoding);
  }
}

export function cryptoModule(host: Pick<ScriptHost, 'digest' | 'randomBytes'>) {
  const known = (algorithm: unknown): string => {
    const found = ALGORITHMS.find((each) => each === algorithm);
    if (!found) throw new Error(`invalid algorithm: ${String(algorithm)}`);
    return found;
  };
  const digests = Object.fromEntries(
    ALGORITHMS.map((algorithm): [Algorithm, Digest] => [
      algorithm,
      (input, encoding) => outputOf(host.digest(algorithm, toBytes(input)), encoding),
    ]),
  );
  return {
    ...digests,
    hmac: (algorithm: unknown, secret: unknown, data: unknown, encoding?: unknown) =>
      outputOf(host.digest(known(algorithm), toBytes(data), toBytes(secret)), encoding),
    createHash: (algorithm: unknown) => {
      const name = known(algorithm);
      return new Hasher((data) => host.digest(name, data));
    },
    createHMAC: (algorithm: unknown, secret: unknown) => {
      const name = known(algorithm);
      const key = toBytes(secret);
      return new Hasher((data) => host.digest(name, data, key));
    },
    hexEncode: (data: unknown) => hexText(toBytes(data)),
    randomBytes: (count: unknown): ArrayBuffer => {
      const size = Number(count);
      if (!Number.isInteger(size) || size < 1 || size > RANDOM_BYTES_MAX) throw new Error(`invalid size: ${String(count)}`);
      return toBuffer(host.randomBytes(size));
    },
  };
}
