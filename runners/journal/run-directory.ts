/** Where runs are kept: `.firedrill/runs/<id>/`, and `latest`, a link that is swapped in one step, so that it always points at a run. */
import { mkdir, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT, FiredrillError } from '../failure.ts';
import { diskError } from './disk-error.ts';
import { LATEST } from './reader.ts';

/** Tries at an id that nobody has; with 36⁴ ids a second, more than one try is already rare. */
const TRIES_MAX = 8;
const SUFFIX_LENGTH = 4;

/** The folder of runs of a working folder. */
export function runsFolder(workingFolder: string): string {
  return join(workingFolder, '.firedrill', 'runs');
}

/** A run's id, sortable by time and readable: `20261121-140322-k3f9` (UTC). Fit for a folder, a label and a container's name. */
export function newRunId(now: Date, random: () => number): string {
  const [date = '', time = ''] = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').split('T');
  const suffix = Array.from({ length: SUFFIX_LENGTH }, () => Math.floor(random() * 36).toString(36)).join('');
  return `${date}-${time}-${suffix}`;
}

/** Makes the run's own folder, which was not there before. Throws FiredrillError `disk-full` or `journal-unwritable`. */
export async function createRunDirectory(root: string, now: Date, random: () => number): Promise<{ id: string; directory: string }> {
  try {
    await mkdir(root, { recursive: true });
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const id = newRunId(now, random);
      const directory = join(root, id);
      if (await madeDirectory(directory)) return { id, directory };
    }
  } catch (cause) {
    throw diskError(root, cause);
  }
  throw new FiredrillError('run-id-taken', `${TRIES_MAX} ids in a row were taken in ${root}`, { exitCode: EXIT.bug });
}

async function madeDirectory(directory: string): Promise<boolean> {
  try {
    await mkdir(directory);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Points `latest` at a run. A link beside it is renamed over it, so no reader ever finds it missing. */
export async function pointLatest(root: string, id: string): Promise<void> {
  const temporary = join(root, `.${LATEST}-${id}`);
  try {
    await rm(temporary, { force: true });
    await symlink(id, temporary);
    await rename(temporary, join(root, LATEST));
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    throw diskError(root, cause);
  }
}
