/** What an image is built of, and one digest of all of it: the base images, the folder, the Node binary, the bundles. */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { bundle } from './bundle.ts';
import { type DigestCache, sha256OfFile } from './digest-cache.ts';
import type { ImageRecipe } from './recipes.ts';

/** Raised when the way images are built changes, so that old ones are not taken for current. */
const FORMAT = 1;

export interface ContextFile {
  /** In the build context, with `/`. */
  readonly path: string;
  readonly mode: number;
  readonly contents: Buffer;
}

/** All files of a recipe's folder, by path, and those it shares. Modes are reduced to "runnable or not", so that a umask changes no digest. */
export async function recipeFiles({ folder, files = [] }: ImageRecipe): Promise<readonly ContextFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const own = entries.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
  return Promise.all([
    ...own.sort().map((file) => contextFile(file, relative(folder, file).split(sep).join('/'))),
    ...files.map(({ from, as }) => contextFile(from, as)),
  ]);
}

async function contextFile(file: string, path: string): Promise<ContextFile> {
  return { path, mode: (await stat(file)).mode & 0o100 ? 0o755 : 0o644, contents: await readFile(file) };
}

/** The images that a Dockerfile starts from, by the defaults of its arguments, stages of its own left out. */
export function basesOf(dockerfile: string): readonly string[] {
  const defaults = new Map([...dockerfile.matchAll(/^ARG\s+(\w+)=(\S+)/gim)].map((line) => [line[1] ?? '', line[2] ?? '']));
  const resolved = dockerfile.replaceAll(/\$\{?(\w+)\}?/g, (text, name: string) => defaults.get(name) ?? text);
  const lines = [...resolved.matchAll(/^FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/gim)];
  const stages = new Set(lines.flatMap((line) => line[2] ?? []));
  return [...new Set(lines.flatMap((line) => line[1] ?? []))].filter((each) => !stages.has(each) && each !== 'scratch');
}

export interface ContentOptions {
  readonly recipe: ImageRecipe;
  readonly nodePath: string;
  readonly cache: DigestCache;
  /** The engine's id of an image by its name. */
  readonly imageId: (name: string) => Promise<string>;
}

/** SHA-256, in hex, of everything that goes into the image. */
export async function contentOf({ recipe, nodePath, cache, imageId }: ContentOptions): Promise<string> {
  const files = await recipeFiles(recipe);
  const dockerfile = files.find((each) => each.path === 'Dockerfile')?.contents.toString('utf8') ?? '';
  const bases = await Promise.all(basesOf(dockerfile).map(imageId));
  const node = recipe.node ? await cache.digest(nodePath, async () => ({ sha256: await sha256OfFile(nodePath), files: [nodePath] })) : '';
  const bundles = await Promise.all(
    recipe.bundles.map(async ({ entry, as }) => [
      as,
      await cache.digest(`bundle ${FORMAT}: ${entry}`, async () => (await bundle(entry)).digested),
    ]),
  );
  const contents = files.map((file) => [file.path, file.mode, createHash('sha256').update(file.contents).digest('hex')]);
  return createHash('sha256')
    .update(JSON.stringify({ format: FORMAT, bases, node, bundles, contents }))
    .digest('hex');
}
