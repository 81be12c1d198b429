/** Passes a message's body on, as it is framed. */
import type { Socket } from 'node:net';
import { chunks } from './chunks.ts';
import type { Framing } from './head.ts';
import { type Source, send } from './source.ts';

/** `whole`: the next message may follow. `cut`: the limit was reached. `broken`: a connection ended, or it was no body. */
export type Passed = 'whole' | 'cut' | 'broken';

export interface PassOptions {
  readonly framing: Framing;
  /** Goes out before the body, with its first piece. */
  readonly head: Buffer;
  /** Most bytes of the body, as they are on the wire, that are passed on. */
  readonly limitBytes?: number;
}

/** `sink` undefined: the body is read and thrown away. */
export async function passBody(source: Source, sink: Socket | undefined, options: PassOptions): Promise<Passed> {
  const { framing, limitBytes = Number.POSITIVE_INFINITY } = options;
  let head: Buffer | undefined = options.head;
  let left = limitBytes;
  const take = taker(framing);
  const pass = async (bytes: Buffer) => {
    const out = head && head.length > 0 ? Buffer.concat([head, bytes]) : bytes;
    head = undefined;
    return sink === undefined || send(sink, out);
  };
  for (;;) {
    const waiting = take === undefined ? Buffer.alloc(0) : source.peek();
    // A head goes out at once where no body is there yet.
    if (waiting === undefined && head && !(await pass(Buffer.alloc(0)))) return 'broken';
    const bytes = take === undefined ? waiting : await source.read();
    if (bytes === undefined) return framing.kind === 'until-end' ? 'whole' : 'broken';
    const taken = take?.(bytes) ?? { bytes: 0, over: true };
    if (taken === 'broken') {
      await pass(bytes);
      return 'broken';
    }
    source.unread(bytes.subarray(taken.bytes));
    const limited = Math.min(taken.bytes, left);
    const sent = await pass(bytes.subarray(0, limited));
    left -= limited;
    if (!sent) return 'broken';
    if (limited < taken.bytes || (left <= 0 && !taken.over)) return 'cut';
    if (taken.over) return 'whole';
  }
}

type Take = (bytes: Buffer) => { readonly bytes: number; readonly over: boolean } | 'broken';

/** Undefined where there is no body at all. */
function taker(framing: Framing): Take | undefined {
  if (framing.kind === 'until-end') return (bytes) => ({ bytes: bytes.length, over: false });
  if (framing.kind === 'chunked') {
    const scan = chunks();
    return (bytes) => {
      try {
        return scan.take(bytes);
      } catch {
        return 'broken';
      }
    };
  }
  let left = framing.bytes;
  if (left === 0) return undefined;
  return (bytes) => {
    const step = Math.min(left, bytes.length);
    left -= step;
    return { bytes: step, over: left === 0 };
  };
}

/** Passes on whatever comes, until it ends. */
export async function passAll(source: Source, sink: Socket): Promise<void> {
  for (;;) {
    const bytes = await source.read();
    if (bytes === undefined) break;
    if (!(await send(sink, bytes))) return;
  }
  sink.end();
}
