/**
 * SHA-256 digests of things that are slow to read or make (a Node binary, a bundle), kept by the path, size and modification
 * time of every file they depend on. A lost or broken cache costs time, nothing else.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';

const stored = z.record(z.string(), z.object({ sha256: z.string(), files: z.record(z.string(), z.string()) }));

/** What a digest was made of: each file that it depends on, besides itself. */
export interface Digested {
  readonly sha256: string;
  readonly files: readonly string[];
}

export interface DigestCache {
  /** The digest of `key`, by `make` where the cache has none or one of its files has changed. */
  digest(key: string, make: () => Promise<Digested>): Promise<string>;
  /** Writes what was learned; where that cannot be, it is learned again. */
  save(): Promise<void>;
}

/** Opens the cache at a path, which need not exist. */
export async function openDigestCache(path: string): Promise<DigestCache> {
  const entries = new Map(Object.entries(await readEntries(path)));
  let changed = false;
  return {
    async digest(key, make) {
      const known = entries.get(key);
      if (known && (await unchanged(known.files))) return known.sha256;
      const made = await make();
      const files = Object.fromEntries(await Promise.all(made.files.map(async (file) => [file, await stampOf(file)] as const)));
      entries.set(key, { sha256: made.sha256, files });
      changed = true;
      return made.sha256;
    },
    async save() {
      if (!changed) return;
      await writeWhole(path, JSON.stringify(Object.fromEntries(entries))).catch(() => undefined);
    },
  };
}

/** So that nobody reads a half of it. */
async function writeWhole(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  await writeFile(unfinished, text);
  await rename(unfinished, path);
}

/** SHA-256 of a file's content, in hex. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function readEntries(path: string): Promise<z.output<typeof stored>> {
  try {
    return stored.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return {};
  }
}

async function unchanged(files: Readonly<Record<string, string>>): Promise<boolean> {
  const same = await Promise.all(Object.entries(files).map(async ([file, stamp]) => (await stampOf(file)) === stamp));
  return same.every(Boolean);
}

async function stampOf(file: string): Promise<string> {
  const { mtimeMs, size } = await stat(file).catch(() => ({ mtimeMs: 0, size: -1 }));
  return `${mtimeMs}:${size}`;
}
