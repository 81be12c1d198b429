/** Bundles of our own TypeScript for images: one file each that the bare Node runs, with the npm packages it needs inside. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { build } from 'esbuild';
import type { Digested } from './digest-cache.ts';

/** Natives that packages use where they are there, and do without where they are not. */
const OPTIONAL_NATIVES = ['pg-native', 'cpu-features', 'bufferutil', 'utf-8-validate', '*.node', 'cloudflare:sockets'];
/** Bundled CommonJS packages ask for Node's own modules by `require`, which an ES module does not have. */
const BANNER = "import { createRequire as firedrillRequire } from 'node:module'; const require = firedrillRequire(import.meta.url);";

export interface Bundle {
  readonly contents: Uint8Array;
  readonly digested: Digested;
}

/** Bundles an entry. In the compiled package the entry is the `.js` beside where the `.ts` was. */
export async function bundle(entry: string): Promise<Bundle> {
  const path = sourceOf(entry);
  const folder = dirname(path);
  const { outputFiles, metafile } = await build({
    entryPoints: [path],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    banner: { js: BANNER },
    external: OPTIONAL_NATIVES,
    // The output names its inputs relative to this folder; any other would make the same code differ from machine to machine.
    absWorkingDir: folder,
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const contents = outputFiles[0]?.contents ?? new Uint8Array();
  return {
    contents,
    digested: {
      sha256: createHash('sha256').update(contents).digest('hex'),
      files: Object.keys(metafile.inputs).map((input) => resolve(folder, input)),
    },
  };
}

/** The file that is really there for an entry written as `.ts`. */
export function sourceOf(entry: string): string {
  const compiled = entry.replace(/\.ts$/, '.js');
  return !existsSync(entry) && existsSync(compiled) ? compiled : entry;
}
