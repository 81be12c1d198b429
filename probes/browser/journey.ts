/**
 * One journey as one look: every step in turn, within a time that leaves some for a screenshot of what broke. Broken is what the page or its
 * server did, unknown what the browser did.
 */
import { z } from 'zod';
import { lookFailed, systemFailed, untilAborted } from '../failure-reading.ts';
import type { LookContext, OpenProbe, Reading } from '../probe.ts';
import { type JourneyFailure, journeyFailure } from './failure.ts';
import { type JourneyLog, listenTo } from './journey-log.ts';
import { pictureOf } from './picture.ts';
import { playStep, type Stage } from './play-step.ts';
import type { SharedBrowser, Visit } from './shared-browser.ts';
import { STEPS_MAX, type Step, step, stepWords } from './steps.ts';

export const settings = z.strictObject({
  steps: z
    .array(step)
    .min(1)
    .max(STEPS_MAX)
    .refine((steps) => steps[0] !== undefined && 'open' in steps[0], { error: 'begin with open: a journey starts at an address' })
    .describe(
      'What the visitor does and has to see, in order: `open: address`, `click: selector`, `fill: {selector, text}`, `select: {selector, option}`, `expect: {selector, text}`, `plays: {selector, for, still}`, `until: expression`, `wait: duration`; [all of it](browser.md).',
    ),
  headers: z.record(z.string(), z.coerce.string()).default({}).describe('Sent with every request of the journey.'),
  'may-fail': z
    .array(z.string().min(1))
    .max(32)
    .default([])
    .describe('Parts of addresses; a request to one of these may fail and breaks nothing.'),
  read: z
    .enum(['journey', 'latency', 'failed-requests', 'console-errors'])
    .default('journey')
    .describe(
      'journey (true where all went well), latency (ms for all steps), failed-requests or console-errors (how many). A step that fails is null for all of them; failed requests break a journey and its latency too.',
    ),
});
export type Settings = z.output<typeof settings>;

/** What is left for a screenshot of the time for a look: a fifth, but this at most. */
const RESERVE_MS_MAX = 1500;
const RESERVE_SHARE = 0.2;
/** A browser that needs more of the time than this share to be ready leaves too little for the journey: the look is unknown. */
const READY_SHARE_MAX = 0.4;
/** What closing a page is given even where no time is left; a browser that takes longer stands still. */
const CLOSE_MS = 900;
/** Screenshots of one probe; what breaks first tells most. */
export const SCREENSHOTS_MAX = 6;
/** What one may take, where the journey left that much. */
const SCREENSHOT_MS_MAX = 3000;
const VIEWPORT = { width: 1024, height: 640 };

interface Played {
  readonly tookMs: number;
  /** Undefined where every step was done. */
  readonly failure: JourneyFailure | undefined;
}

/** Plays the steps until one fails. */
async function playSteps(stage: Stage, steps: readonly Step[]): Promise<Played> {
  const startedMs = performance.now();
  for (const [index, each] of steps.entries()) {
    try {
      await playStep(stage, each);
    } catch (error) {
      const { whose, text } = journeyFailure(error, stage.limit.aborted);
      const failure = { whose, text: `step ${index + 1}, ${stepWords(each)}: ${text}` };
      return { tookMs: performance.now() - startedMs, failure };
    }
  }
  return { tookMs: performance.now() - startedMs, failure: undefined };
}

/** Pure: the reading of a journey that was played. */
export function readJourney(read: Settings['read'], { tookMs, failure }: Played, log: JourneyLog): Reading {
  if (log.crashed) return lookFailed('the page crashed');
  const broken = failure?.text ?? (read === 'journey' || read === 'latency' ? log.broken() : undefined);
  if (failure?.whose === 'tool') return lookFailed(failure.text);
  if (broken !== undefined) return log.ownTrouble === undefined ? systemFailed(broken) : lookFailed(`${broken} (${log.ownTrouble})`);
  const detail = `${Math.round(tookMs)} ms, ${log.counts()}`;
  const values = {
    journey: true,
    latency: Math.round(tookMs),
    'failed-requests': log.failedRequests,
    'console-errors': log.consoleErrors,
  } as const;
  return { status: 'ok', value: values[read], detail };
}

/** An open probe that plays its journey in a context of its own at each look. */
export function openJourney(settings: Settings, browser: SharedBrowser): OpenProbe {
  let screenshotsLeft = SCREENSHOTS_MAX;
  browser.join();

  const play = async ({ context, page }: Visit, { signal, timeoutMs, tools }: LookContext, readyMs: number): Promise<Reading> => {
    const reserveMs = Math.min(RESERVE_MS_MAX, timeoutMs * RESERVE_SHARE);
    const endMs = performance.now() + timeoutMs - readyMs - reserveMs;
    const leftMs = () => Math.max(1, endMs - performance.now());
    const filled = new Set<string>();
    const stage: Stage = { page, leftMs, limit: AbortSignal.timeout(Math.ceil(leftMs())), onFilled: (selector) => filled.add(selector) };
    const log = listenTo(context, page, settings['may-fail']);
    const played = await untilAborted(signal, playSteps(stage, settings.steps));
    const reading = readJourney(settings.read, played, log);
    if (reading.status === 'unknown' || reading.value !== null || screenshotsLeft === 0) return reading;
    const picture = await pictureOf(page, filled, Math.min(SCREENSHOT_MS_MAX, leftMs() + reserveMs));
    const screenshot = picture && (await tools.keepScreenshot(picture));
    if (screenshot !== undefined) screenshotsLeft -= 1;
    return screenshot === undefined ? reading : { ...reading, screenshot };
  };

  const look = async (context: LookContext): Promise<Reading> => {
    const startedMs = performance.now();
    const visit = await browser.visit({ viewport: VIEWPORT, extraHTTPHeaders: settings.headers }, context.signal);
    const readyMs = performance.now() - startedMs;
    const late = readyMs > context.timeoutMs * READY_SHARE_MAX;
    const reading = late
      ? lookFailed(`the browser was ready only after ${Math.round(readyMs)} ms`)
      : await play(visit, context, readyMs).catch((error: unknown) => lookFailed(error));
    const leftMs = context.signal.aborted ? 0 : startedMs + context.timeoutMs - performance.now();
    return (await visit.end(Math.max(CLOSE_MS, leftMs))) ? reading : lookFailed('the browser stood still; the next look has another');
  };

  return {
    look: (context) => look(context).catch((error: unknown) => lookFailed(error)),
    close: () => browser.leave(),
  };
}
