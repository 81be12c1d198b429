/**
 * The base of all our images, Debian 12: from a registry where one answers, else made from Debian's own packages,
 * whose signatures debootstrap checks. Either way it is on the engine once and for all under one tag.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import { $ } from 'zx';
import { EXIT, FiredrillError } from '../failure.ts';
import { ifThere } from './absent.ts';
import { machineMirrors } from './debian-mirror.ts';
import { readProgress } from './engine-progress.ts';
import { type ImportEngine, importFolder } from './folder-import.ts';
import type { ImageEngine, Log } from './images.ts';
import { LABEL } from './labels.ts';

export const BASE_IMAGE = 'firedrill/base:bookworm';
const REGISTRY_IMAGE = 'debian:bookworm-slim';
const SUITE = 'bookworm';
/** How long a registry may take until the first word of an answer, and until the image is there. */
const REGISTRY_ANSWER_LIMIT_MS = 8_000;
const REGISTRY_PULL_LIMIT_MS = 3 * 60_000;
/** How long debootstrap may take; it takes half a minute with a near mirror. */
const DEBOOTSTRAP_LIMIT_MS = 15 * 60_000;
/** What a base does not need and its makers leave behind. */
const LEFT_BEHIND = [
  'var/cache/apt/archives',
  'var/lib/apt/lists',
  'var/log/bootstrap.log',
  'usr/share/doc',
  'usr/share/man',
  'usr/share/locale',
];

export interface BaseEngine extends ImageEngine, Pick<ImportEngine, 'importImage'> {
  pull(name: string, options: object): Promise<NodeJS.ReadableStream>;
}

export interface BaseOptions {
  readonly log: Log;
  /** Installs a tool that is missing; called with `debootstrap` only when no registry answers. */
  readonly installTool: (tool: 'debootstrap') => Promise<void>;
  /** Tag to make; only tests need another. */
  readonly tag?: string;
  /** Skips the registry; only tests do. */
  readonly offline?: boolean;
}

/** Makes sure that the base is on the engine. Returns how it came to be there. Throws FiredrillError `base-failed` (exit 7). */
export async function ensureBase(docker: BaseEngine, options: BaseOptions): Promise<'found' | 'registry' | 'debootstrap'> {
  const tag = options.tag ?? BASE_IMAGE;
  if (await isThere(docker, tag)) return 'found';
  if (!options.offline && (await pullBase(docker, tag, options.log))) return 'registry';
  options.log('making the base image from Debian packages (debootstrap)');
  await options.installTool('debootstrap');
  await importBase(docker, tag);
  return 'debootstrap';
}

async function isThere(docker: BaseEngine, tag: string): Promise<boolean> {
  return (await ifThere(docker.getImage(tag).inspect())) !== undefined;
}

/** True where the registry had it in time. An engine behind a firewall is silent, so silence counts as "no". */
async function pullBase(docker: BaseEngine, tag: string, log: Log): Promise<boolean> {
  if (!(await isThere(docker, REGISTRY_IMAGE))) {
    log(`asking the registry for ${REGISTRY_IMAGE}`);
    const stop = new AbortController();
    let timer = setTimeout(() => stop.abort(), REGISTRY_ANSWER_LIMIT_MS);
    let answered = false;
    try {
      const answer = await docker.pull(REGISTRY_IMAGE, { abortSignal: stop.signal });
      await readProgress(answer, () => {
        if (answered) return;
        answered = true;
        clearTimeout(timer);
        timer = setTimeout(() => stop.abort(), REGISTRY_PULL_LIMIT_MS);
      });
    } catch {
      log('no registry answers');
      return false;
    } finally {
      clearTimeout(timer);
    }
  }
  const context = pack();
  context.entry({ name: 'Dockerfile' }, `FROM ${REGISTRY_IMAGE}\n`);
  context.finalize();
  await readProgress(await docker.buildImage(Readable.from(context), { t: tag, labels: { [LABEL.base]: 'registry' } }), () => undefined);
  return true;
}

async function importBase(docker: BaseEngine, tag: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'firedrill-base-'));
  try {
    await debootstrap(folder);
    const removed = LEFT_BEHIND.map((each) => join(folder, each));
    await $({ quiet: true })`rm -rf ${removed} && mkdir -p ${removed.slice(0, 2)}`;
    const [repo = tag, name = 'latest'] = tag.split(':');
    const changes = [`LABEL ${LABEL.base}=debootstrap`, 'CMD ["bash"]'];
    await importFolder(docker, { folder, repo, tag: name, changes }).catch((error: Error) => {
      throw baseFailed(`what debootstrap made cannot be imported: ${error.message}`);
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Tries the default mirror, then the machine's own. */
async function debootstrap(folder: string): Promise<void> {
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const failures: string[] = [];
  for (const mirror of [[], ...(await machineMirrors()).map((each) => [each])]) {
    const args = ['--variant=minbase', '--force-check-gpg', `--keyring=${keyring}`, SUITE, folder, ...mirror];
    const result = await $({ nothrow: true, quiet: true, timeout: DEBOOTSTRAP_LIMIT_MS })`debootstrap ${args}`;
    if (result.exitCode === 0) return;
    failures.push(`${mirror[0] ?? 'the default mirror'}: ${lastLine(`${result.stdout}\n${result.stderr}`) || `exit ${result.exitCode}`}`);
    await $({ quiet: true, nothrow: true })`find ${folder} -mindepth 1 -delete`;
  }
  throw baseFailed(`no registry answers, and debootstrap failed: ${failures.join('; ')}`);
}

function baseFailed(why: string): FiredrillError {
  return new FiredrillError('base-failed', `The base image cannot be had: ${why}.`, {
    hint: `Load one by hand: docker pull ${REGISTRY_IMAGE} && docker tag ${REGISTRY_IMAGE} ${BASE_IMAGE}`,
    exitCode: EXIT.groundUnfit,
  });
}

function lastLine(output: string): string {
  return output.trim().split('\n').at(-1) ?? '';
}
