/** Reads series straight off a metrics page, without a server that collects it. The page is the system's own, so what is wrong with it is a reading. */
import { type CountersSeen, countersSeen, ratePerSecond } from './counter-rate.ts';
import { type Sample, samplesOf } from './exposition.ts';
import { lookFailed, readFailure, systemFailed } from './failure-reading.ts';
import { type Answer, ask, plainQuestion } from './http-answer.ts';
import type { LookContext, OpenProbe, Reading } from './probe.ts';
import type { SeriesSelector } from './series-selector.ts';

/** A page is read up to here. */
export const PAGE_BYTES_MAX = 16 * 1_048_576;
const ACCEPT = { accept: 'text/plain;version=0.0.4' };

export const READS = ['value', 'sum', 'avg', 'min', 'max', 'count', 'rate'] as const;
export type PageRead = (typeof READS)[number];

export interface PageQuestion {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly series: SeriesSelector;
  /** As it was written. */
  readonly text: string;
  readonly read: PageRead;
}

const COMBINE: Readonly<Record<Exclude<PageRead, 'rate'>, (values: readonly number[]) => number>> = {
  value: ([only]) => only ?? Number.NaN,
  sum: (values) => values.reduce((sum, value) => sum + value, 0),
  avg: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  min: (values) => values.reduce((least, value) => Math.min(least, value)),
  max: (values) => values.reduce((most, value) => Math.max(most, value)),
  count: (values) => values.length,
};

/** A number of the system's; what is none says nothing, and is said to be. */
export function numberReading(value: number, what: string): Reading {
  return Number.isFinite(value) ? { status: 'ok', value } : lookFailed(`${what} is ${String(value)}`);
}

function notThePage(answer: Answer | 'too-many-redirects'): string {
  return answer === 'too-many-redirects' ? 'the page redirects' : `the page answered ${answer.status}`;
}

async function samples({ url, headers, series }: PageQuestion, signal: AbortSignal): Promise<readonly Sample[] | Reading> {
  try {
    const answer = await ask(plainQuestion(url, { ...ACCEPT, ...headers }, PAGE_BYTES_MAX, signal));
    if (answer === 'too-many-redirects' || answer.status !== 200) return systemFailed(notThePage(answer));
    if (answer.cut) return systemFailed(`the page is longer than ${PAGE_BYTES_MAX} bytes`);
    const found = samplesOf(answer.body, series);
    return 'wrongLine' in found ? systemFailed(`no metrics page: '${found.wrongLine.slice(0, 80)}'`) : found;
  } catch (error) {
    return readFailure(error, signal);
  }
}

/** Opens a page; a rate is that between two looks, so the first one has none. */
export function openPage(question: PageQuestion): OpenProbe {
  const { text, read } = question;
  let before: CountersSeen | undefined;

  const rate = (found: readonly Sample[], nowMs: number): Reading => {
    const now = countersSeen(found, nowMs);
    const perSecond = before && ratePerSecond(before, now);
    before = now;
    return perSecond === undefined ? lookFailed('a rate takes two looks') : numberReading(perSecond, `the rate of ${text}`);
  };

  return {
    async look({ tools, signal }: LookContext): Promise<Reading> {
      const found = await samples(question, signal);
      if ('status' in found) return found;
      if (found.length === 0) {
        before = countersSeen(found, tools.nowMs());
        return lookFailed(`no series on the page matches ${text}`);
      }
      if (read === 'rate') return rate(found, tools.nowMs());
      if (read === 'value' && found.length > 1)
        return lookFailed(`${found.length} series match ${text}; narrow it, or read their sum, avg, min or max`);
      return numberReading(COMBINE[read](found.map(({ value }) => value)), text);
    },
    close: async () => {},
  };
}
