/**
 * One browser for all journeys of a process, with a context of its own for each: nothing that one visitor was told is known to the next. It
 * starts with the first journey, ends when the last probe leaves, and is replaced when it crashed, stood still, or has served for long.
 */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright';
import { untilAborted } from '../failure-reading.ts';
import { Turns } from './turns.ts';

/** Journeys under way at one time; the others wait. */
export const JOURNEYS_AT_ONCE_MAX = 2;
/** After so many journeys a fresh browser follows, so that what an old one leaks has a limit. */
export const JOURNEYS_PER_BROWSER_MAX = 200;
/** Browsers in a row that may stand still before no other is started: each of them stays until this process ends. */
export const STILL_MAX = 3;

interface Running {
  readonly browser: Browser;
  journeys: number;
  active: number;
  /** No journey begins in it any more; it ends with its last one. */
  retired: boolean;
}

/** A page in a context of its own. */
export interface Visit {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Closes it; false where the browser stood still for so long. Never throws. */
  end(limitMs: number): Promise<boolean>;
}

/** Whether the work was done in time; its failure is no matter. */
function doneWithin(limitMs: number, work: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), limitMs);
    const done = () => {
      clearTimeout(timer);
      resolve(true);
    };
    work.then(done, done);
  });
}

export class SharedBrowser {
  readonly #launch: () => Promise<Browser>;
  readonly #turns = new Turns(JOURNEYS_AT_ONCE_MAX);
  #current: Promise<Running> | undefined;
  #users = 0;
  #still = 0;

  constructor(launch: () => Promise<Browser>) {
    this.#launch = launch;
  }

  /** Who joins leaves again; with the last one the browser ends. */
  join(): void {
    this.#users += 1;
  }

  async leave(): Promise<void> {
    this.#users -= 1;
    if (this.#users > 0) return;
    const current = this.#current;
    this.#current = undefined;
    const running = await current?.catch(() => undefined);
    if (!running) return;
    running.retired = true;
    await running.browser.close().catch(() => undefined);
  }

  /** Opens an empty page. Rejects where there is no browser, it cannot be started, or the signal aborts. */
  async visit(options: BrowserContextOptions, signal: AbortSignal): Promise<Visit> {
    await this.#turns.take(signal);
    let running: Running | undefined;
    try {
      running = await untilAborted(signal, this.#running());
      running.active += 1;
      running.journeys += 1;
      return this.#visitIn(running, await openPage(running.browser, options, signal));
    } catch (error) {
      this.#release(running);
      throw error;
    }
  }

  #visitIn(running: Running, { context, page }: Omit<Visit, 'end'>): Visit {
    const end = async (limitMs: number): Promise<boolean> => {
      const closed = await doneWithin(limitMs, context.close());
      if (closed) this.#still = 0;
      else this.#abandon(running);
      this.#release(running);
      return closed;
    };
    return { context, page, end };
  }

  async #running(): Promise<Running> {
    const current = await this.#current?.catch(() => undefined);
    if (current && !current.retired && current.journeys < JOURNEYS_PER_BROWSER_MAX) return current;
    if (current) this.#retire(current);
    if (this.#still >= STILL_MAX) throw new Error(`${STILL_MAX} browsers stood still, one after the other`);
    this.#current ??= this.#start();
    return this.#current;
  }

  async #start(): Promise<Running> {
    const starting = this.#launch();
    const began: Promise<Running> = starting.then((browser) => ({ browser, journeys: 0, active: 0, retired: false }));
    const running = await began.catch((error: unknown) => {
      this.#current = undefined;
      throw error;
    });
    running.browser.on('disconnected', () => this.#retire(running));
    return running;
  }

  /** The one that follows is started by the next journey. */
  #retire(running: Running): void {
    if (running.retired) return;
    running.retired = true;
    this.#current = undefined;
    if (running.active === 0) void running.browser.close().catch(() => undefined);
  }

  #abandon(running: Running): void {
    this.#still += 1;
    this.#retire(running);
  }

  #release(running: Running | undefined): void {
    this.#turns.done();
    if (!running) return;
    running.active -= 1;
    if (running.retired && running.active === 0) void running.browser.close().catch(() => undefined);
  }
}

/** A page in a context of its own; one that comes too late is closed again. */
async function openPage(browser: Browser, options: BrowserContextOptions, signal: AbortSignal): Promise<Omit<Visit, 'end'>> {
  const opening = browser.newContext(options).then(async (context) => ({ context, page: await context.newPage() }));
  try {
    return await untilAborted(signal, opening);
  } catch (error) {
    opening.then(({ context }) => context.close()).catch(() => undefined);
    throw error;
  }
}
