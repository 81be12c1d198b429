/** firedrill's own version, from its package.json, whether run from a checkout or installed. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const manifest = z.object({ name: z.string(), version: z.string() });

/** The folder that holds firedrill's package.json. */
export function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (dirname(folder) !== folder) {
    try {
      if (manifest.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))).name === 'firedrill') return folder;
    } catch {
      // Not this folder: look one further up.
    }
    folder = dirname(folder);
  }
  throw new Error('firedrill does not find its own package.json');
}

export function version(): string {
  return manifest.parse(JSON.parse(readFileSync(join(packageFolder(), 'package.json'), 'utf8'))).version;
}
