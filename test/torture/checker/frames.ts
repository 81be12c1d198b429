/** The engine sends both streams in one, in frames of: stream, three zeros, length, bytes. Pure. */
export function demultiplex(frames: Buffer): { readonly stdout: string; readonly stderr: string } {
  const pieces: { stdout: Buffer[]; stderr: Buffer[] } = { stdout: [], stderr: [] };
  for (let at = 0; at + 8 <= frames.length; ) {
    const length = frames.readUInt32BE(at + 4);
    pieces[frames[at] === 2 ? 'stderr' : 'stdout'].push(frames.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return { stdout: Buffer.concat(pieces.stdout).toString('utf8'), stderr: Buffer.concat(pieces.stderr).toString('utf8') };
}
