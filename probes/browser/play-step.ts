/** Plays one step on a page. Throws BrokenJourney where the page is not as it has to be, and Playwright's own errors. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright';
import { errorText, untilAborted } from '../failure-reading.ts';
import { BrokenJourney } from './failure.ts';
import { playVideo } from './play-video.ts';
import type { Step } from './steps.ts';

/** What a journey is played on. */
export interface Stage {
  readonly page: Page;
  /** Aborts when the time for all steps is over. */
  readonly limit: AbortSignal;
  /** What is left of it; at least 1, since to Playwright 0 is for ever. */
  leftMs(): number;
  /** Told of every field that was filled, by its selector. */
  onFilled(selector: string): void;
}

/** How often a page is asked again. */
const AGAIN_MS = 100;
/** How long a page may take to say what stands where another text was expected. */
const SEEN_MS_MAX = 200;
const SEEN_CHARACTERS_MAX = 80;
const STATUS_WRONG_FROM = 400;
const SPECIAL = /[\\^$.*+?()[\]{}|/]/g;

async function open({ page, leftMs }: Stage, url: string): Promise<void> {
  const response = await page.goto(url, { timeout: leftMs() });
  const status = response?.status() ?? 0;
  if (status >= STATUS_WRONG_FROM) throw new BrokenJourney(`answered ${status}`);
}

/** Waits for the element, and where it does not come with that text, says what stands there. */
async function expectElement({ page, leftMs }: Stage, selector: string, text: string | undefined): Promise<void> {
  const all = page.locator(selector);
  const wanted = text === undefined ? all : all.filter({ hasText: new RegExp(`^\\s*${text.trim().replaceAll(SPECIAL, '\\$&')}\\s*$`) });
  try {
    await wanted.first().waitFor({ state: 'visible', timeout: leftMs() });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'TimeoutError') throw error;
    const seen = await all
      .first()
      .innerText({ timeout: SEEN_MS_MAX })
      .catch(() => undefined);
    throw new BrokenJourney(seen === undefined ? 'it is not there' : `it says '${seen.trim().slice(0, SEEN_CHARACTERS_MAX)}'`);
  }
}

/** Asks until the expression is true. One that throws is asked again: what it looks at may still be to come. */
async function until({ page, limit }: Stage, expression: string): Promise<void> {
  let last = 'it is false';
  while (!limit.aborted) {
    try {
      if ((await untilAborted(limit, page.evaluate<unknown>(`Boolean(${expression}\n)`))) === true) return;
      last = 'it is false';
    } catch (error) {
      if (page.isClosed()) throw error;
      if (!limit.aborted) last = errorText(error);
    }
    await sleep(AGAIN_MS);
  }
  throw new BrokenJourney(last);
}

/** Settles when the step is done. */
export async function playStep(stage: Stage, step: Step): Promise<void> {
  const { page, limit } = stage;
  const timeout = stage.leftMs();
  if ('open' in step) await open(stage, step.open);
  else if ('click' in step) await page.locator(step.click).click({ timeout });
  else if ('select' in step) await page.locator(step.select.selector).selectOption(step.select.option, { timeout });
  else if ('expect' in step) await expectElement(stage, step.expect.selector, step.expect.text);
  else if ('plays' in step) await playVideo(stage, step.plays);
  else if ('until' in step) await until(stage, step.until);
  // A clock of our own would not hear that the browser has ended.
  else if ('wait' in step) await untilAborted(limit, page.waitForTimeout(step.wait.ms));
  else {
    stage.onFilled(step.fill.selector);
    await page.locator(step.fill.selector).fill(step.fill.text, { timeout });
  }
}
