/** Reads the head of a message, and gives everything back where it is none. */
import { headEnd } from './head.ts';
import type { Source } from './source.ts';

/** Longest head; what is longer is passed on as it is. */
const HEAD_BYTES_MAX = 65_536;
/** How long the rest of a first line is waited for: who sent a piece of one and waits for an answer speaks another protocol. */
const FIRST_LINE_MS = 1_000;
const NEWLINE = 10;

/** Undefined where the connection ended, or where what comes cannot be a head: then all of it is still there to be read. */
export async function readHead(source: Source, mayBe: (bytes: Buffer) => boolean): Promise<Buffer | undefined> {
  let held: Buffer = Buffer.alloc(0);
  for (;;) {
    if (held.length > 0 && !held.includes(NEWLINE) && !(await comesInTime(source))) break;
    const bytes = await source.read();
    if (bytes === undefined) break;
    held = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
    if (!mayBe(held) || held.length > HEAD_BYTES_MAX) break;
    const end = headEnd(held);
    if (end < 0) continue;
    source.unread(held.subarray(end));
    return held.subarray(0, end);
  }
  source.unread(held);
  return undefined;
}

async function comesInTime(source: Source): Promise<boolean> {
  const waits = Promise.withResolvers<void>();
  const timeout = setTimeout(waits.resolve, FIRST_LINE_MS);
  if (source.peek() === undefined && !source.ended()) await Promise.race([source.stirred(), waits.promise]);
  clearTimeout(timeout);
  return source.peek() !== undefined || source.ended();
}
