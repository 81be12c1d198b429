/** How far a run may go: the experiment's own limits, and the machine's over them; the narrower counts, and is named. */
import { formatMs } from '../../experiments/language/duration.ts';
import type { Experiment } from '../../experiments/language/experiment.ts';
import { EXIT, FiredrillError } from '../failure.ts';

/** What the configuration caps for every experiment on this machine. */
export interface Caps {
  readonly maxTargets?: number | undefined;
  readonly maxShare?: number | undefined;
  readonly maxDurationMs?: number | undefined;
}

interface Limit {
  readonly value: number;
  /** How to go further, as a hint says it. */
  readonly raise: string;
}

/** What a run would do, against which its limits are held. */
export interface Reach {
  readonly touched: number;
  readonly total: number;
  /** When the last undo is due. */
  readonly lastUndoMs: number;
}

/** Throws FiredrillError (exit 7) for the first limit that is exceeded, with the figure and the limit. */
export function assertWithinLimits(reach: Reach, limits: Experiment['limits'], caps: Caps): void {
  const { touched, total, lastUndoMs } = reach;
  const targets = narrower(limits.maxTargets, caps.maxTargets, 'max-targets');
  if (touched > targets.value)
    throw refusal('too-many-targets', `would touch ${touched} containers; its limit is ${targets.value}`, targets);
  const share = narrower(limits.maxShare, caps.maxShare, 'max-share');
  const shareTouched = total === 0 ? 0 : touched / total;
  if (shareTouched > share.value) {
    const raise = `${share.raise}: ${percent(Math.min(1, shareTouched + 0.005))}`;
    const what = `would touch ${touched} of ${total} containers (${percent(shareTouched)}); its limit is ${percent(share.value)}`;
    throw refusal('too-large-a-share', what, { ...share, raise });
  }
  const lasting = longest(limits, caps);
  if (lastUndoMs > lasting.value)
    throw refusal('too-long', `would break things until ${formatMs(lastUndoMs)}; its limit is ${formatMs(lasting.value)}`, lasting);
}

/** By when everything must be undone, from the start of the run. */
export function longestMs(limits: Experiment['limits'], caps: Caps): number {
  return longest(limits, caps).value;
}

function longest(limits: Experiment['limits'], caps: Caps): Limit {
  return narrower(limits.maxDuration.ms, caps.maxDurationMs, 'max-duration');
}

function narrower(own: number, cap: number | undefined, key: string): Limit {
  if (cap === undefined || own <= cap) return { value: own, raise: `raise limits: ${key}` };
  return { value: cap, raise: `have firedrill.config.yaml raise limits: ${key}` };
}

function refusal(code: string, what: string, { raise }: Limit): FiredrillError {
  const narrow = code === 'too-long' ? 'Make it shorter' : 'Narrow the targets';
  return new FiredrillError(code, `The experiment ${what}.`, { hint: `${narrow}, or ${raise}.`, exitCode: EXIT.groundUnfit });
}

function percent(value: number): string {
  return `${Math.round(value * 100)}%`;
}
