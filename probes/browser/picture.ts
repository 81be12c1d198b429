/** A picture of a page as it was when its journey broke. None of a page that never came: it is blank. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright';
import { untilAborted } from '../failure-reading.ts';

const JPEG_QUALITY = 60;
/** Right after a failed navigation the browser changes processes, and a picture of the old one fails at once. */
const TRIES_MAX = 5;
const AGAIN_MS = 100;
/** Where a page is before anything was opened. */
const NOWHERE = 'about:blank';

/** A page that still loads is not painted, so it is told to stop. */
async function stopLoading(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Page.stopLoading');
}

/** A JPEG with the elements of these selectors covered; undefined where there is nothing to see, or not in time. Never throws. */
export async function pictureOf(page: Page, covered: Iterable<string>, limitMs: number): Promise<Uint8Array | undefined> {
  const limit = AbortSignal.timeout(Math.ceil(limitMs));
  const mask = [...covered].map((selector) => page.locator(selector));
  for (let tries = 0; tries < TRIES_MAX && !limit.aborted && !page.isClosed() && page.url() !== NOWHERE; tries += 1) {
    try {
      await untilAborted(limit, stopLoading(page));
      return await untilAborted(limit, page.screenshot({ type: 'jpeg', quality: JPEG_QUALITY, timeout: limitMs, mask }));
    } catch {
      await sleep(AGAIN_MS);
    }
  }
  return undefined;
}
