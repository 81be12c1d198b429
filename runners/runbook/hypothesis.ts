/** The steady-state hypothesis: judged over each condition's own window, before, after arming, and after the last undo. */
import type { Experiment } from '../../experiments/language/experiment.ts';
import type { Evidence } from '../../probes/slo/evidence.ts';
import { askedWindowMs, judgeLatest } from '../../probes/slo/judge-condition.ts';
import { conditionText } from '../../probes/slo/judgement.ts';
import type { EventOf, Held } from '../journal/events.ts';
import type { Journal } from '../journal/writer.ts';
import type { Clock } from './clock.ts';

type Judgement = EventOf<'hypothesis.judged'>;

export interface HypothesisContext {
  readonly experiment: Experiment;
  readonly evidence: Evidence;
  readonly journal: Journal;
  readonly clock: Clock;
}

/** How often a waiting run looks again. */
const LOOK_AGAIN_MS = 250;
/** Load is judged this far behind the clock, so that answers under way can arrive. */
const SETTLE_MS = 300;

/** Judges every condition over the window that ends now (or at `toMs`), without writing anything. */
export function hypothesisNow(context: Omit<HypothesisContext, 'journal'>, notBeforeMs = 0): { state: Held; parts: Judgement['parts'] } {
  const toMs = context.clock.nowMs() - SETTLE_MS;
  const parts = context.experiment.hypothesis.map((condition) => {
    const fromMs = toMs - askedWindowMs(condition);
    if (fromMs < notBeforeMs) return { text: conditionText(condition), state: 'unknown' as const, seen: 'its window is not full yet' };
    const judged = judgeLatest(condition, context.evidence, toMs);
    return { text: conditionText(condition), state: judged.state, seen: judged.seen };
  });
  return { state: worst(parts.map((part) => part.state)), parts };
}

/** Judges once and writes it down. */
export function judgeHypothesis(context: HypothesisContext, when: Judgement['when'], notBeforeMs = 0): Held {
  const { state, parts } = hypothesisNow(context, notBeforeMs);
  context.journal.append({ type: 'hypothesis.judged', when, state, parts });
  return state;
}

export interface WaitOptions {
  readonly when: Judgement['when'];
  /** On the run's clock; the last look is then. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** Windows must lie after this instant. */
  readonly notBeforeMs?: number;
}

/** Waits until the hypothesis holds, at most until the deadline; the last judgement is written down. */
export async function hypothesisHolds(context: HypothesisContext, options: WaitOptions): Promise<boolean> {
  const { clock } = context;
  while (!options.signal.aborted && clock.nowMs() < options.deadlineMs) {
    if (hypothesisNow(context, options.notBeforeMs).state === 'held') break;
    await clock.until(Math.min(options.deadlineMs, clock.nowMs() + LOOK_AGAIN_MS), options.signal);
  }
  return judgeHypothesis(context, options.when, options.notBeforeMs) === 'held';
}

function worst(states: readonly Held[]): Held {
  if (states.includes('broken')) return 'broken';
  return states.includes('unknown') ? 'unknown' : 'held';
}
