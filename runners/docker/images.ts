/** Images by content: built when what they are made of has changed, and not looked at twice otherwise. */
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT, FiredrillError } from '../failure.ts';
import { ifThere } from './absent.ts';
import type { Environment } from './address.ts';
import { buildContext } from './build-context.ts';
import { cacheFolder } from './cache-folder.ts';
import { DISK_FULL, diskFull } from './compose-failure.ts';
import { openDigestCache } from './digest-cache.ts';
import { readProgress } from './engine-progress.ts';
import { contentOf } from './image-content.ts';
import { LABEL } from './labels.ts';
import { nodeBinaryFor } from './node-binary.ts';
import type { ImageRecipe } from './recipes.ts';

export type { ImageRecipe } from './recipes.ts';

/** Tells what is being done, a line at a time. */
export type Log = (line: string) => void;

/** Last lines of a build that an error shows. */
const LINES_SHOWN = 12;
const NO_NAMES = /Temporary failure resolving|Could not resolve|Temporary failure in name resolution|EAI_AGAIN/i;

/** What is asked of the engine here. */
export interface ImageEngine {
  info(): Promise<{ Architecture: string }>;
  getImage(name: string): {
    inspect(): Promise<{ Id: string; Config: { Labels?: Readonly<Record<string, string>> | null } }>;
    tag(options: { repo: string; tag: string }): Promise<unknown>;
    remove(options: object): Promise<unknown>;
  };
  listImages(options: { filters: string }): Promise<readonly { Id: string }[]>;
  buildImage(context: NodeJS.ReadableStream, options: object): Promise<NodeJS.ReadableStream>;
}

export interface ImagesOptions {
  readonly recipes: readonly ImageRecipe[];
  readonly environment: Environment;
  readonly log: Log;
}

/** The tag of a recipe's image. */
export function tagOf(recipe: { readonly name: string }): string {
  return `${recipe.name}:local`;
}

/**
 * Builds those images whose content is not on the engine yet, and returns their names. The whole output of a build
 * is kept in a log file. Throws FiredrillError `image-failed` or `disk-full` (exit 7).
 */
export async function ensureImages(docker: ImageEngine, { recipes, environment, log }: ImagesOptions): Promise<readonly string[]> {
  if (recipes.length === 0) return [];
  const nodePath = nodeBinaryFor((await docker.info()).Architecture);
  const cache = await openDigestCache(join(cacheFolder(environment), 'digests.json'));
  const imageId = async (name: string) => (await docker.getImage(name).inspect()).Id;
  const built: string[] = [];
  for (const recipe of recipes) {
    const content = await contentOf({ recipe, nodePath, cache, imageId });
    if (await isCurrent(docker, recipe, content)) continue;
    log(`building the image ${recipe.name}`);
    await build(docker, { recipe, content, nodePath, environment });
    built.push(recipe.name);
  }
  await cache.save();
  return built;
}

/** True where the tag has that content, or any image has, which is then tagged. */
async function isCurrent(docker: ImageEngine, recipe: ImageRecipe, content: string): Promise<boolean> {
  const tagged = await ifThere(docker.getImage(tagOf(recipe)).inspect());
  if (tagged?.Config.Labels?.[LABEL.content] === content) return true;
  const [other] = await docker.listImages({ filters: JSON.stringify({ label: [`${LABEL.content}=${content}`] }) });
  if (!other) return false;
  await docker.getImage(other.Id).tag({ repo: recipe.name, tag: 'local' });
  return true;
}

interface Build {
  readonly recipe: ImageRecipe;
  readonly content: string;
  readonly nodePath: string;
  readonly environment: Environment;
}

async function build(docker: ImageEngine, work: Build): Promise<void> {
  const replaced = await ifThere(docker.getImage(tagOf(work.recipe)).inspect());
  const failure = await attempt(docker, work, undefined);
  const again = failure && NO_NAMES.test(failure.output) ? await attempt(docker, work, 'host') : failure;
  if (again) throw again.error;
  if (replaced?.Config.Labels?.[LABEL.content] === undefined) return;
  await docker
    .getImage(replaced.Id)
    .remove({})
    .catch(() => undefined);
}

/** One build; what went wrong, or undefined. `network` is the engine's name for it; builds need one that resolves names. */
async function attempt(
  docker: ImageEngine,
  { recipe, content, nodePath, environment }: Build,
  network: 'host' | undefined,
): Promise<{ error: FiredrillError; output: string } | undefined> {
  const folder = join(cacheFolder(environment), 'builds');
  const logPath = join(folder, `${recipe.name.replaceAll('/', '-')}.log`);
  // A log that cannot be written keeps no image from being built.
  await mkdir(folder, { recursive: true }).catch(() => undefined);
  const file = createWriteStream(logPath).on('error', () => {});
  const last: string[] = [];
  try {
    const answer = await docker.buildImage(buildContext(recipe, nodePath), {
      t: tagOf(recipe),
      labels: { [LABEL.content]: content },
      buildargs: proxies(environment),
      ...(network ? { networkmode: network } : {}),
      rm: true,
      forcerm: true,
    });
    await readProgress(answer, (text) => {
      file.write(`${text}\n`);
      last.push(text);
      if (last.length > LINES_SHOWN) last.shift();
    });
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    file.write(`${why}\n`);
    const output = [...last, why].join('\n');
    if (DISK_FULL.test(output)) return { output, error: diskFull(why) };
    return { output, error: buildFailed(recipe, output, logPath) };
  } finally {
    file.end();
  }
}

function buildFailed(recipe: ImageRecipe, output: string, logPath: string): FiredrillError {
  return new FiredrillError('image-failed', `The image ${recipe.name} cannot be built; it ended with:\n${output}`, {
    hint: `The whole output is in ${logPath}`,
    exitCode: EXIT.groundUnfit,
  });
}

/** Proxy settings of this environment, which the engine's builds do not inherit. */
function proxies(environment: Environment): Record<string, string> {
  const names = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];
  return Object.fromEntries(names.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])));
}
