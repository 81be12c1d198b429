/** Segments: bytes that stand for video. The page paints them, so a viewer sees whether the next one came. */

/** Bytes in a segment: small, because the drills are about who answers and not about bandwidth. */
export const SEGMENT_BYTES = 4096;

/** The same bytes for the same name, everywhere (xorshift seeded by FNV-1a of the name). */
export function segmentBytes(name: string): Uint8Array {
  let state = [...name].reduce((hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 0x01000193) >>> 0, 0x811c9dc5) || 1;
  return Uint8Array.from({ length: SEGMENT_BYTES }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state & 0xff;
  });
}
