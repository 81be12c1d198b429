/**
 * `npm pack` runs this first: compiles the sources into dist/, since Node strips no types below node_modules, and puts the files
 * that they find beside themselves (Dockerfiles, C sources, styles, schemas) beside the compiled ones.
 */
import { cp, readdir, rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { $ } from 'zx';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const DIST = join(ROOT, 'dist');
/** Folders with code; experiments/ goes into the package as it is, for its own YAML and the reference system's sources. */
const FOLDERS = ['probes', 'runners', 'reports'];
/** Compiled, or run as they are from where they are. */
const COMPILED = new Set(['.ts', '.mjs']);

await rm(DIST, { recursive: true, force: true });
const compiled = await $({ cwd: ROOT, nothrow: true, quiet: true })`tsc -p tsconfig.build.json`;
if (compiled.exitCode !== 0) {
  process.stderr.write(compiled.stdout);
  process.exit(compiled.exitCode ?? 1);
}
for (const folder of FOLDERS) await copyAssets(folder);

async function copyAssets(folder: string): Promise<void> {
  const entries = await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((each) => each.isFile() && !COMPILED.has(extname(each.name)))) {
    const from = join(entry.parentPath, entry.name);
    await cp(from, join(DIST, from.slice(ROOT.length)));
  }
}
