/** A region's jobs: their names, and when within the jitter window each starts. Pure. */

/** Jobs a region; five regions make 200. */
export const JOBS_PER_REGION = 40;

const WORK = [
  'recount-views',
  'refresh-thumbnails',
  'rotate-captions',
  'rebuild-rankings',
  'expire-licences',
  'audit-manifests',
  'bill-publishers',
  'sweep-drafts',
];

/** The names of a region's jobs, all different. */
export function jobNames(region: string): readonly string[] {
  return Array.from(
    { length: JOBS_PER_REGION },
    (_, index) => `${region}/${WORK[index % WORK.length]}-${Math.floor(index / WORK.length) + 1}`,
  );
}

/** When each of `count` jobs starts, in ms from the trigger: drawn evenly from the window; without a window all at once. */
export function startDelaysMs(count: number, windowMs: number, random: () => number): readonly number[] {
  return Array.from({ length: count }, () => windowMs * random());
}
