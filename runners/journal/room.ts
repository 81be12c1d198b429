/** Before anything is touched: is there room for a journal, really? */
import { mkdir, open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT, FiredrillError } from '../failure.ts';
import { diskError } from './disk-error.ts';

/** A ten-minute run with 15 series of load writes about 13 MiB; the reports come on top. */
export const ROOM_BYTES_MIN = 64 * 1_048_576;
/** A file of this size is written and synced, because some file systems promise room that they do not have. */
const TRIAL_BYTES = 65_536;

/** Throws FiredrillError `disk-full` (exit 7) where less than ROOM_BYTES_MIN is free or a trial file cannot be written, `journal-unwritable` where nothing can. */
export async function assertRoomForJournal(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
    const { bavail, bsize } = await statfs(directory);
    const freeBytes = bavail * bsize;
    if (freeBytes < ROOM_BYTES_MIN) throw tooLittle(directory, freeBytes);
    await writeTrial(join(directory, `.room-${process.pid}`));
  } catch (cause) {
    throw diskError(directory, cause);
  }
}

async function writeTrial(path: string): Promise<void> {
  try {
    const file = await open(path, 'w');
    try {
      await file.writeFile(Buffer.alloc(TRIAL_BYTES, 1));
      await file.datasync();
    } finally {
      await file.close();
    }
  } finally {
    await rm(path, { force: true });
  }
}

function tooLittle(directory: string, freeBytes: number): FiredrillError {
  const mebibytes = (bytes: number) => `${(bytes / 1_048_576).toFixed(1)} MiB`;
  return new FiredrillError(
    'disk-full',
    `${mebibytes(freeBytes)} are free under ${directory}, the journal needs ${mebibytes(ROOM_BYTES_MIN)}`,
    {
      hint: `Make room there; see what is taken with: df -h '${directory}'`,
      exitCode: EXIT.groundUnfit,
    },
  );
}
