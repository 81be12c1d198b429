/** Files as a tar archive, which is how the engine takes them into a container. */
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';

/** By absolute path; to be put into `/`. */
export async function archiveOf(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const tar = pack();
  for (const [path, text] of Object.entries(files)) tar.entry({ name: path.slice(1), mode: 0o600 }, text);
  tar.finalize();
  return buffer(tar);
}
