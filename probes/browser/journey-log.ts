/** What a page complains of while a journey is played: its errors, failed requests and console. Counts go on for ever, texts are few. */
import type { BrowserContext, Page, Request, Response } from 'playwright';
import { type JourneyFailure, networkTrouble } from './failure.ts';

/** Texts of failed requests that are kept. */
const TEXTS_MAX = 3;
const TEXT_CHARACTERS_MAX = 200;
const STATUS_WRONG_FROM = 400;

export class JourneyLog {
  consoleErrors = 0;
  failedRequests = 0;
  /** The first error that nothing on the page caught. */
  pageError: string | undefined;
  /** What was wrong on the browser's own side. */
  ownTrouble: string | undefined;
  crashed = false;
  readonly #texts: string[] = [];

  /** A request that failed: an answer of 400 or more, or none. */
  addFailedRequest(url: string, { whose, text }: JourneyFailure): void {
    if (whose === 'tool') {
      this.ownTrouble ??= text;
      return;
    }
    this.failedRequests += 1;
    if (this.#texts.length < TEXTS_MAX) this.#texts.push(`${text} of ${pathOf(url)}`);
  }

  /** Why the journey is broken though all of its steps went well; undefined where it is not. */
  broken(): string | undefined {
    if (this.pageError !== undefined) return `an error on the page: ${this.pageError}`;
    if (this.failedRequests === 0) return undefined;
    const more = this.failedRequests - this.#texts.length;
    return `${this.#texts.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  }

  /** For a reading's detail. */
  counts(): string {
    return `${this.failedRequests} failed requests, ${this.consoleErrors} console errors`;
  }
}

/** A query may hold what nobody is to read, so it is left out. */
function pathOf(url: string): string {
  return (URL.parse(url)?.pathname ?? url).slice(0, TEXT_CHARACTERS_MAX);
}

/** The icon that browsers ask for by themselves; a site without one is not ill. */
function isIcon(url: string): boolean {
  return pathOf(url) === '/favicon.ico';
}

/** Listens to a page and all that it opens. Requests whose address holds one of `mayFail` are not counted. */
export function listenTo(context: BrowserContext, page: Page, mayFail: readonly string[]): JourneyLog {
  const log = new JourneyLog();
  const counts = (request: Request) => !mayFail.some((part) => request.url().includes(part));
  context.on('response', (response: Response) => {
    const wrong = response.status() >= STATUS_WRONG_FROM && counts(response.request());
    if (wrong) log.addFailedRequest(response.url(), { whose: 'system', text: String(response.status()) });
  });
  context.on('requestfailed', (request) => {
    const trouble = counts(request) ? networkTrouble(request.failure()?.errorText ?? 'no answer') : undefined;
    if (trouble) log.addFailedRequest(request.url(), trouble);
  });
  context.on('console', (message) => {
    if (message.type() === 'error' && !isIcon(message.location().url)) log.consoleErrors += 1;
  });
  context.on('weberror', (error) => {
    log.pageError ??= error.error().message.slice(0, TEXT_CHARACTERS_MAX);
  });
  page.on('crash', () => {
    log.crashed = true;
  });
  return log;
}
