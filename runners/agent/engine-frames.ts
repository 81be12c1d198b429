/** The engine's frames, by which one stream carries two: 1 byte stream, 3 bytes nothing, 4 bytes length, then the output. */
import type { Readable } from 'node:stream';

const HEADER_BYTES = 8;

/** The whole frames in the bytes, as text, and the bytes of the one that is not whole yet. */
export function splitFrames(bytes: Buffer): { readonly text: string; readonly rest: Buffer } {
  const pieces: Buffer[] = [];
  let at = 0;
  while (at + HEADER_BYTES <= bytes.length) {
    const end = at + HEADER_BYTES + bytes.readUInt32BE(at + 4);
    if (end > bytes.length) break;
    pieces.push(bytes.subarray(at + HEADER_BYTES, end));
    at = end;
  }
  return { text: Buffer.concat(pieces).toString('utf8'), rest: bytes.subarray(at) };
}

/** Reads a stream of frames as text, both streams together. */
export function readFrames(stream: Readable, said: (text: string) => void): void {
  let pending: Buffer = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    const { text, rest } = splitFrames(Buffer.concat([pending, chunk]));
    pending = rest;
    if (text !== '') said(text);
  });
}
