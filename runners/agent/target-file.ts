/**
 * One small file of a container, as its own processes see it: through the root of its first process while it runs, by the engine
 * while it is stopped. It is written in place, so that owner, mode and every handle on it stay.
 */
import { closeSync, ftruncateSync, openSync, readFileSync, readlinkSync, writeSync } from 'node:fs';
import { dirname, posix } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { extract, pack } from 'tar-stream';
import type { Engine } from './engine.ts';
import type { ContainerRef } from './operations/operation.ts';

/** Longest chain of symbolic links that is followed, as in the kernel. */
const LINKS_MAX = 40;
const FILE_BYTES_MAX = 64 * 1024;

export interface TargetFile {
  /** Undefined where there is no such file, or no such container. */
  read(): Promise<string | undefined>;
  /** Throws where it could not be written. Changes nothing. */
  assertWritable(): void;
  /** The file must be there. Text is bytes, each a character. */
  write(text: string): Promise<void>;
}

/** `pid`: the first process; undefined where the container is stopped. */
export function targetFile(engine: Engine, { id }: ContainerRef, pid: number | undefined, path: string): TargetFile {
  if (pid !== undefined) return runningFile(pid, path);
  const unpacked = async () => {
    const tar = await engine.getArchive(id, path);
    return tar && unpack(tar);
  };
  return {
    read: async () => (await unpacked())?.text,
    assertWritable() {},
    async write(text) {
      const found = await unpacked();
      if (!found) throw new Error(`there is no ${path}`);
      const tar = pack();
      tar.entry({ ...found.header, size: text.length }, Buffer.from(text, 'latin1'));
      tar.finalize();
      await engine.putArchive(id, dirname(path), await buffer(tar));
    },
  };
}

function runningFile(pid: number, path: string): TargetFile {
  const real = () => `/proc/${pid}/root${resolveLinks(path, (link) => linkIn(pid, link))}`;
  return {
    async read() {
      try {
        return readFileSync(real(), 'latin1');
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
        throw error;
      }
    },
    assertWritable: () => closeSync(openSync(real(), 'r+')),
    async write(text) {
      const handle = openSync(real(), 'r+');
      try {
        // Never empty in between: a reader sees the old text, the new one, or its beginning with the old one's end.
        const bytes = writeSync(handle, text, 0, 'latin1');
        ftruncateSync(handle, bytes);
      } finally {
        closeSync(handle);
      }
    },
  };
}

/**
 * The path without symbolic links, as it is below the container's own root: an absolute link that was followed from outside
 * would lead to a file of ours.
 */
export function resolveLinks(path: string, linkAt: (path: string) => string | undefined): string {
  let links = 0;
  let done = '/';
  const left = path.split('/');
  while (left.length > 0) {
    const next = posix.join(done, left.shift() ?? '');
    const link = linkAt(next);
    if (link === undefined) {
      done = next;
      continue;
    }
    if (++links > LINKS_MAX) throw new Error(`${path} leads in a circle`);
    left.unshift(...link.split('/'));
    if (link.startsWith('/')) done = '/';
  }
  return done;
}

function linkIn(pid: number, path: string): string | undefined {
  try {
    return path === '/' ? undefined : readlinkSync(`/proc/${pid}/root${path}`);
  } catch {
    return undefined;
  }
}

async function unpack(tar: Buffer) {
  const files = extract();
  Readable.from([tar]).pipe(files);
  for await (const entry of files) {
    if ((entry.header.size ?? 0) > FILE_BYTES_MAX) throw new Error(`${entry.header.name} is longer than ${FILE_BYTES_MAX} bytes`);
    return { header: entry.header, text: (await buffer(entry)).toString('latin1') };
  }
  return undefined;
}
