/** The last lines of a container's log, both streams in their order. */
export interface LogReader {
  getContainer(id: string): { logs(options: { stdout: true; stderr: true; tail: number; follow: false }): Promise<Buffer> };
}

/** Never throws: a log that cannot be read is an empty one. */
export async function lastLogLines(docker: LogReader, id: string, count: number): Promise<readonly string[]> {
  const raw = await docker
    .getContainer(id)
    .logs({ stdout: true, stderr: true, tail: count, follow: false })
    .catch(() => Buffer.alloc(0));
  return plainLog(raw)
    .split('\n')
    .filter((line) => line !== '');
}

/**
 * Takes away the frame headers that the engine puts before each piece of a log without a terminal:
 * one byte for the stream (0–2), three of zero, four for the length, big-endian. A log with a terminal has none.
 */
export function plainLog(raw: Buffer): string {
  const pieces: Buffer[] = [];
  let offset = 0;
  while (offset + 8 <= raw.length) {
    if (raw.readUInt8(offset) > 2 || raw.readUIntBE(offset + 1, 3) !== 0) return raw.toString('utf8');
    const end = offset + 8 + raw.readUInt32BE(offset + 4);
    pieces.push(raw.subarray(offset + 8, end));
    offset = end;
  }
  return offset === 0 ? raw.toString('utf8') : Buffer.concat(pieces).toString('utf8');
}
