/** Finds the end of a chunked body (RFC 9112, section 7.1) in bytes that come piece by piece. It keeps nothing but its place. */

/** Longest line of a chunk's size with its extensions, or of a trailer. */
const LINE_CHARACTERS_MAX = 16_384;
const NEWLINE = 10;

export interface Chunks {
  /** How many of the bytes belong to the body; all of them where it is not over. Throws where they are no chunks. */
  take(bytes: Buffer): { readonly bytes: number; readonly over: boolean };
}

export function chunks(): Chunks {
  /** Bytes of data and its line break that are still to come. */
  let dataLeft = 0;
  let trailer = false;
  let line = '';
  const endOfLine = (): boolean => {
    const text = line.replace(/\r$/, '');
    line = '';
    if (trailer) return text === '';
    const size = /^([0-9a-f]{1,12})[ \t]*(?:;.*)?$/i.exec(text)?.[1];
    if (size === undefined) throw new Error('not a chunk');
    const bytes = Number.parseInt(size, 16);
    if (bytes === 0) trailer = true;
    else dataLeft = bytes + 2;
    return false;
  };
  return {
    take(bytes) {
      let at = 0;
      while (at < bytes.length) {
        if (dataLeft > 0) {
          const step = Math.min(dataLeft, bytes.length - at);
          dataLeft -= step;
          at += step;
          continue;
        }
        const end = bytes.indexOf(NEWLINE, at);
        line += bytes.toString('latin1', at, end < 0 ? bytes.length : end);
        if (line.length > LINE_CHARACTERS_MAX) throw new Error('the line of a chunk is too long');
        if (end < 0) return { bytes: bytes.length, over: false };
        at = end + 1;
        if (endOfLine()) return { bytes: at, over: true };
      }
      return { bytes: bytes.length, over: false };
    },
  };
}
