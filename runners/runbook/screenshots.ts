/** Screenshots of a run: files beside its journal, which holds their paths. They are few and small, and a disk that takes none stops nothing. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProbeTools } from '../../probes/probe.ts';

const FOLDER = 'screenshots';
/** Their paths, from the run's folder. */
export const SCREENSHOT_PATH = /^screenshots\/\d+\.jpg$/;
/** Of one run. */
export const SCREENSHOTS_MAX = 24;
export const SCREENSHOT_BYTES_MAX = 524_288;

/** Keeps them in the run's folder, numbered in the order in which they come. */
export function screenshotsIn(directory: string): ProbeTools['keepScreenshot'] {
  let kept = 0;
  return async (picture) => {
    if (kept >= SCREENSHOTS_MAX || picture.length > SCREENSHOT_BYTES_MAX) return undefined;
    kept += 1;
    const path = `${FOLDER}/${String(kept).padStart(2, '0')}.jpg`;
    try {
      await mkdir(join(directory, FOLDER), { recursive: true });
      await writeFile(join(directory, path), picture);
      return path;
    } catch {
      return undefined;
    }
  };
}
