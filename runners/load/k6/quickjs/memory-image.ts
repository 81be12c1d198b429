/** What is in the memory of a machine, without the empty parts: most of it has never been touched, and in a copy shall not be either. */

const PAGE_BYTES = 4096;
const EMPTY = Buffer.alloc(PAGE_BYTES);

interface Stretch {
  readonly at: number;
  readonly content: Uint8Array;
}

export interface MemoryImage {
  /** Of the whole memory. */
  readonly bytes: number;
  readonly stretches: readonly Stretch[];
}

export function imageOf(memory: Buffer): MemoryImage {
  const stretches: Stretch[] = [];
  let from: number | undefined;
  for (let at = 0; at <= memory.length; at += PAGE_BYTES) {
    const isEmpty = at === memory.length || memory.subarray(at, at + PAGE_BYTES).equals(EMPTY);
    if (!isEmpty) from ??= at;
    else if (from !== undefined) {
      stretches.push({ at: from, content: new Uint8Array(memory.subarray(from, at)) });
      from = undefined;
    }
  }
  return { bytes: memory.length, stretches };
}

/** Into a memory of the same size that nothing has been done with. */
export function layOut({ stretches }: MemoryImage, memory: Uint8Array): void {
  for (const { at, content } of stretches) memory.set(content, at);
}
