/** The build context of a recipe as a tar stream: its files, the Node binary as `node`, the bundles. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Pack, pack } from 'tar-stream';
import { bundle } from './bundle.ts';
import { recipeFiles } from './image-content.ts';
import type { ImageRecipe } from './recipes.ts';

/** One time for all entries, so that the engine's layer cache sees the same content as the same. */
const ENTRY_TIME = new Date(0);

/** Starts packing; the stream fails where a file cannot be read. */
export function buildContext(recipe: ImageRecipe, nodePath: string): Readable {
  const tar = pack();
  fill(tar, recipe, nodePath).then(
    () => tar.finalize(),
    (error: unknown) => tar.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  return Readable.from(tar);
}

async function fill(tar: Pack, recipe: ImageRecipe, nodePath: string): Promise<void> {
  for (const file of await recipeFiles(recipe)) {
    tar.entry({ name: file.path, mode: file.mode, mtime: ENTRY_TIME }, file.contents);
  }
  for (const { entry, as } of recipe.bundles) {
    const { contents } = await bundle(entry);
    tar.entry({ name: as, mode: 0o644, mtime: ENTRY_TIME }, Buffer.from(contents));
  }
  if (!recipe.node) return;
  const { size } = await stat(nodePath);
  await pipeline(createReadStream(nodePath), tar.entry({ name: 'node', mode: 0o755, mtime: ENTRY_TIME, size }));
}
