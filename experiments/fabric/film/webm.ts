/**
 * The least of a WebM file: one track of VP8, one cluster, every size known, so that files can be appended to one another in a Media Source.
 * Element numbers are those of RFC 9559 (Matroska); sizes are EBML's variable-length integers of RFC 8794.
 */

export interface Film {
  readonly width: number;
  readonly height: number;
  readonly frameMs: number;
  /** In order; the first is a key frame, and no other has to be. */
  readonly frames: readonly Uint8Array[];
}

const KEY_FRAME = 0x80;
const VIDEO = 1;
/** One tick is a millisecond. */
const TICK_NS = 1_000_000;

/** An element: its number, its size in eight bytes, what is in it. */
function element(number: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat(parts);
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE(BigInt(body.length) | 0x0100_0000_0000_0000n);
  return Buffer.concat([Buffer.from(number.toString(16), 'hex'), size, body]);
}

function whole(number: number, value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return element(number, bytes);
}

function text(number: number, value: string): Uint8Array {
  return element(number, Buffer.from(value));
}

function real(number: number, value: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return element(number, bytes);
}

function block(frame: Uint8Array, atMs: number, isKey: boolean): Uint8Array {
  const head = Buffer.alloc(4);
  head.writeUInt8(0x80 | VIDEO, 0);
  head.writeInt16BE(atMs, 1);
  head.writeUInt8(isKey ? KEY_FRAME : 0, 3);
  return element(0xa3, head, frame);
}

/** The whole file. Its frames span at most 32 s, the reach of a cluster's own clock. */
export function webm({ width, height, frameMs, frames }: Film): Uint8Array {
  const head = element(
    0x1a45dfa3,
    whole(0x4286, 1),
    whole(0x42f7, 1),
    whole(0x42f2, 4),
    whole(0x42f3, 8),
    text(0x4282, 'webm'),
    whole(0x4287, 4),
    whole(0x4285, 2),
  );
  const info = element(
    0x1549a966,
    whole(0x2ad7b1, TICK_NS),
    real(0x4489, frames.length * frameMs),
    text(0x4d80, 'firedrill'),
    text(0x5741, 'firedrill'),
  );
  const track = element(
    0xae,
    whole(0xd7, VIDEO),
    whole(0x73c5, VIDEO),
    whole(0x83, VIDEO),
    text(0x86, 'V_VP8'),
    whole(0x23e383, frameMs * TICK_NS),
    element(0xe0, whole(0xb0, width), whole(0xba, height)),
  );
  const blocks = frames.map((frame, index) => block(frame, index * frameMs, index === 0));
  return Buffer.concat([head, element(0x18538067, info, element(0x1654ae6b, track), element(0x1f43b675, whole(0xe7, 0), ...blocks))]);
}
