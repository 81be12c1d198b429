/** A folder as an image of one layer, packed by `tar`, which keeps owners, links and devices as they are. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readProgress } from './engine-progress.ts';
import type { ImageEngine } from './images.ts';

/** How long the engine may take until it has the whole folder; a few hundred megabytes take it seconds. */
const IMPORT_LIMIT_MS = 10 * 60_000;

export interface ImportEngine {
  getImage(name: string): Pick<ReturnType<ImageEngine['getImage']>, 'remove'>;
  importImage(tar: NodeJS.ReadableStream, options: object): Promise<NodeJS.ReadableStream>;
}

export interface FolderImport {
  readonly folder: string;
  readonly repo: string;
  readonly tag: string;
  /** Lines of a Dockerfile. */
  readonly changes: readonly string[];
  /** Only tests need another. */
  readonly limitMs?: number;
}

/**
 * Imports the folder. Throws Error where the engine refuses it or takes too long, and where `tar` could not read all of it. No image is
 * left behind then: an engine takes what it was given of a folder for the whole.
 */
export async function importFolder(docker: ImportEngine, options: FolderImport): Promise<void> {
  const { folder, repo, tag, changes, limitMs = IMPORT_LIMIT_MS } = options;
  const stop = new AbortController();
  const stopped = new Promise<never>((_resolve, reject) => {
    stop.signal.addEventListener('abort', () => reject(stop.signal.reason), { once: true });
  });
  const timer = setTimeout(() => stop.abort(new Error(`the engine has not taken it within ${limitMs / 1000} s`)), limitMs);
  const tar = spawn('tar', ['--numeric-owner', '--one-file-system', '-C', folder, '-c', '.'], { stdio: ['ignore', 'pipe', 'ignore'] });
  tar.once('error', (error) => stop.abort(new Error(`tar: ${error.message}`)));
  try {
    const packed = once(tar, 'close');
    const answer = docker.importImage(tar.stdout, { repo, tag, changes, abortSignal: stop.signal });
    const imported = answer.then((progress) => readProgress(progress, () => undefined));
    const [[code]] = await Promise.race([stopped, Promise.all([packed, imported])]);
    if (code !== 0) throw new Error(`tar could not read all of it (exit ${code ?? 'by a signal'})`);
  } catch (error) {
    stop.abort(error);
    tar.kill();
    const image = docker.getImage(`${repo}:${tag}`);
    await image.remove({ force: true }).catch(() => undefined);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
