/**
 * Takes the stream of a container's log apart into stamped lines, as its bytes come: never more than a line of each
 * output is held. Without a terminal the engine puts eight bytes before each piece (one for the output, three of zero,
 * four for the length, big-endian); with one it puts none.
 */
import { StringDecoder } from 'node:string_decoder';
import type { LogLine } from '../../probes/probe.ts';

/** Characters of a line that are kept; the rest is dropped. */
export const LINE_CHARACTERS_MAX = 65_536;
const FRAME_HEADER_BYTES = 8;
/** RFC 3339 in UTC with nine digits, as the engine writes every stamp. */
const STAMPED = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z) ?(.*)$/s;

/** One output: its bytes become text, its text lines. */
class Output {
  readonly #decoder = new StringDecoder('utf8');
  #open = '';

  push(bytes: Buffer): LogLine[] {
    const parts = this.#decoder.write(bytes).split('\n');
    const lines: LogLine[] = [];
    for (const [index, part] of parts.entries()) {
      if (index > 0) lines.push(...this.end());
      this.#open = (this.#open + part).slice(0, LINE_CHARACTERS_MAX);
    }
    return lines;
  }

  /** What is there of a line that has not ended. */
  end(): LogLine[] {
    const [, at, text] = STAMPED.exec(this.#open) ?? [];
    this.#open = '';
    return at === undefined || text === undefined ? [] : [{ at, text: text.replace(/\r$/, '') }];
  }
}

export class LogLines {
  readonly #outputs = new Map<number, Output>();
  /** Bytes of a header that is not whole yet. */
  #held: Buffer = Buffer.alloc(0);
  #isFramed: boolean | undefined;
  #output = 1;
  /** Bytes of the frame that are still to come. */
  #left = 0;

  /** The lines that these bytes end. */
  push(chunk: Buffer): LogLine[] {
    let rest = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : chunk;
    this.#held = Buffer.alloc(0);
    const lines: LogLine[] = [];
    while (rest.length > 0) {
      if (this.#left === 0) {
        if (rest.length < FRAME_HEADER_BYTES) {
          this.#held = rest;
          break;
        }
        rest = this.#begin(rest);
      }
      const piece = rest.subarray(0, this.#left);
      this.#left -= piece.length;
      rest = rest.subarray(piece.length);
      lines.push(...this.#of(this.#output).push(piece));
    }
    return lines;
  }

  /** The lines that the end of the log ends. */
  end(): LogLine[] {
    return [...this.#outputs.values()].flatMap((output) => output.end());
  }

  /** Reads the header of the next frame, where there are frames; answers with what comes after it. */
  #begin(bytes: Buffer): Buffer {
    this.#isFramed ??= bytes.readUInt8(0) <= 2 && bytes.readUIntBE(1, 3) === 0;
    this.#output = this.#isFramed ? bytes.readUInt8(0) : 1;
    this.#left = this.#isFramed ? bytes.readUInt32BE(4) : Number.POSITIVE_INFINITY;
    return this.#isFramed ? bytes.subarray(FRAME_HEADER_BYTES) : bytes;
  }

  #of(output: number): Output {
    const found = this.#outputs.get(output) ?? new Output();
    this.#outputs.set(output, found);
    return found;
  }
}
