/** What crosses in bytes. */
import { toBuffer } from '../../modules/bytes.ts';

export const NO_BYTES = new ArrayBuffer(0);

/** One buffer of all of these. */
export function joined(parts: readonly Uint8Array[]): ArrayBuffer {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all.buffer;
}

/** The buffer of exactly these bytes. */
export function bufferWith(bytes: Uint8Array): ArrayBuffer {
  const { buffer } = bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength === bytes.length ? buffer : toBuffer(bytes);
}

/** What came as bytes; none where it is anything else. */
export function bufferOf(given: unknown): ArrayBuffer {
  return given instanceof ArrayBuffer ? given : NO_BYTES;
}
