/** Watches a video play: its currentTime has to go on, without standing still for long. What a jump skips does not count. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Locator } from 'playwright';
import { z } from 'zod';
import { formatMs } from '../../experiments/language/duration.ts';
import { untilAborted } from '../failure-reading.ts';
import { BrokenJourney } from './failure.ts';
import type { Stage } from './play-step.ts';

export interface Playing {
  readonly selector: string;
  readonly for: { readonly ms: number };
  readonly still: { readonly ms: number };
}

/** How often it is looked at. */
const LOOK_EVERY_MS = 200;
/** Between two looks it may go on by this much of the time that passed; more was a jump. */
const SPEED_MAX = 2;

const position = z.strictObject({ atS: z.number().nullable(), error: z.string().nullable() });

/** Runs in the page: where a media element stands, in seconds, and what is wrong with it. */
function positionOf(element: unknown): { atS: number | null; error: string | null } {
  if (typeof element !== 'object' || element === null || !('currentTime' in element) || !('error' in element)) {
    return { atS: null, error: null };
  }
  const { currentTime, error } = element;
  const said = typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : null;
  return { atS: Number(currentTime), error: said === null ? null : said || 'it cannot be played' };
}

/** What has played so far, from one look to the next. Pure: times are handed in. */
export class Played {
  #lastAtMs: number | undefined;
  #lastLookMs = 0;
  #movedMs = 0;
  ms = 0;

  /** Adds a look: the video's position and the clock, both ms. */
  see(atMs: number, nowMs: number): void {
    const forward = Math.min(atMs - (this.#lastAtMs ?? atMs), (nowMs - this.#lastLookMs) * SPEED_MAX);
    if (forward > 0 || this.#lastAtMs === undefined) this.#movedMs = nowMs;
    this.ms += Math.max(0, forward);
    this.#lastAtMs = atMs;
    this.#lastLookMs = nowMs;
  }

  /** For how long it has stood still. */
  stillMs(nowMs: number): number {
    return nowMs - this.#movedMs;
  }
}

/** Settles when it has played for as long as asked. Throws BrokenJourney. */
export async function playVideo(stage: Stage, { selector, for: wanted, still }: Playing): Promise<void> {
  const video = stage.page.locator(selector).first();
  const played = new Played();
  let isThere = false;
  while (!stage.limit.aborted) {
    const seen = await lookAt(video, stage).catch((error: unknown) => {
      if (isThere && isTimeUp(error, stage)) return undefined;
      throw error;
    });
    if (!seen) break;
    isThere = true;
    const { atS, error } = seen;
    if (atS === null) throw new BrokenJourney('it is neither video nor audio');
    if (error !== null) throw new BrokenJourney(error);
    const nowMs = performance.now();
    played.see(atS * 1000, nowMs);
    if (played.ms >= wanted.ms) return;
    if (played.ms > 0 && played.stillMs(nowMs) > still.ms) {
      throw new BrokenJourney(`it stood still for ${formatMs(played.stillMs(nowMs))} after ${formatMs(played.ms)}`);
    }
    await sleep(LOOK_EVERY_MS);
  }
  throw new BrokenJourney(played.ms > 0 ? `only ${formatMs(played.ms)} of it had played in time` : 'it did not begin to play');
}

async function lookAt(video: Locator, { limit, leftMs }: Stage): Promise<z.output<typeof position>> {
  return position.parse(await untilAborted(limit, video.evaluate(positionOf, undefined, { timeout: leftMs() })));
}

/** Whether the look was cut short by the end of the journey's time, which all of its waiting is limited to. */
function isTimeUp(error: unknown, { limit }: Stage): boolean {
  return limit.aborted || (error instanceof Error && error.name === 'TimeoutError');
}
