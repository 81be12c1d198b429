/** Images that a Compose file asks firedrill to build, by its `x-firedrill-images:` key; paths are relative to the file. */
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { EXIT, FiredrillError } from '../failure.ts';
import { readComposeFile } from './compose-file.ts';

/** What an image is made of. It is tagged `<name>:local`. */
export interface ImageRecipe {
  readonly name: string;
  /** Absolute path of the folder with the Dockerfile. */
  readonly folder: string;
  /** Puts the Node binary into the build context as `node`. */
  readonly node: boolean;
  /** Files (absolute paths) that several images share, put into the build context as `as`. */
  readonly files?: readonly { readonly from: string; readonly as: string }[];
  /** TypeScript entries (absolute paths), bundled into the build context as `as`. */
  readonly bundles: readonly { readonly entry: string; readonly as: string }[];
}

const recipes = z.record(
  z.string(),
  z.strictObject({
    folder: z.string(),
    node: z.boolean().default(false),
    files: z.array(z.strictObject({ from: z.string(), as: z.string() })).default([]),
    bundles: z.array(z.strictObject({ entry: z.string(), as: z.string() })).default([]),
  }),
);

/** The recipes of a Compose file, none where it has no such key. Throws FiredrillError (exit 7) where they are malformed. */
export async function recipesOf(composeFile: string): Promise<readonly ImageRecipe[]> {
  const file = await readComposeFile(composeFile);
  const parsed = recipes.safeParse(file.extensions['x-firedrill-images'] ?? {});
  if (!parsed.success) {
    throw new FiredrillError('compose-file', `x-firedrill-images of ${file.path} is wrong: ${z.prettifyError(parsed.error)}`, {
      hint: 'Write it like:  my/image: {folder: images/mine, node: true, bundles: [{entry: main.ts, as: main.mjs}]}',
      exitCode: EXIT.groundUnfit,
    });
  }
  const folder = dirname(file.path);
  return Object.entries(parsed.data).map(([name, recipe]) => ({
    name,
    folder: resolve(folder, recipe.folder),
    node: recipe.node,
    files: recipe.files.map((each) => ({ from: resolve(folder, each.from), as: each.as })),
    bundles: recipe.bundles.map((each) => ({ entry: resolve(folder, each.entry), as: each.as })),
  }));
}
