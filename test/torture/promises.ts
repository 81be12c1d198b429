/** Whether the times that are promised were kept, from what an agent said after a blow. Pure. */
import type { AgentNotice } from '../../runners/agent/protocol.ts';
import type { Victim } from './draw-round.ts';
import { GENERATORS } from './generators.ts';

export interface Times {
  /** From the blow to the agent's word that it undoes. */
  readonly beganMs: number;
  readonly because: string;
  /** By fault, from the blow until its last container was back, and how long its undo itself took. */
  readonly faults: readonly { readonly fault: string; readonly backMs: number; readonly tookMs: number }[];
}

const BEGIN_MS_MAX = 100;
const BACK_MS_MAX = 1000;

/** `toWallMs` puts an instant of the host's monotonic clock on the wall clock. Undefined where the agent did not undo by itself. */
export function timesOf(notices: readonly AgentNotice[], blowAtMs: number, toWallMs: (atNs: string) => number): Times | undefined {
  const undoing = notices.find((each) => each.notice === 'undoing');
  if (undoing?.notice !== 'undoing') return undefined;
  // An agent that comes back looks again; what counts is when it was undone first.
  const first = notices.slice(0, notices.findIndex((each) => each.notice === 'left') + 1);
  const faults = first.flatMap((each) => {
    const touched = each.notice === 'undone' ? each.results.filter((result) => !/never/.test(result.evidence ?? '')) : [];
    if (each.notice !== 'undone' || touched.length === 0) return [];
    const backMs = Math.max(...touched.map((result) => toWallMs(result.atNs))) - blowAtMs;
    return [{ fault: each.fault, backMs: Math.round(backMs), tookMs: Math.round(Math.max(...touched.map((result) => result.tookMs))) }];
  });
  return { beganMs: Date.parse(undoing.at) - blowAtMs, because: undoing.because, faults };
}

/**
 * What was promised and not kept. Nothing is promised of a fault that ends by itself: it is over when its target is well again, which is
 * the target's own time. `lagMs` is how late a timer of this process was at that time: on a machine that is busy
 * with other things every process is, and the promise is about firedrill's share.
 */
export function brokenPromises(victim: Victim, times: Times | undefined, leaseMs: number, lagMs: number): readonly string[] {
  if (!times) return [];
  const beginMsMax = { runner: BEGIN_MS_MAX, 'frozen-runner': leaseMs + BEGIN_MS_MAX, 'silent-line': leaseMs + BEGIN_MS_MAX }[
    victim as string
  ];
  if (beginMsMax === undefined || times.because === 'restarted') return [];
  const late = times.beganMs > beginMsMax + lagMs ? [`undo began after ${times.beganMs} ms; ${beginMsMax} ms are promised`] : [];
  const slow = times.faults.flatMap(({ fault, backMs, tookMs }) => {
    const { quick, lasting } = GENERATORS[fault.replace(/-\d+$/, '')] ?? { quick: false, lasting: true };
    if (!lasting) return [];
    const limitMs = times.beganMs + BACK_MS_MAX + lagMs + (quick ? 0 : tookMs);
    return backMs > limitMs ? [`${fault} was back after ${backMs} ms; ${limitMs} ms are promised`] : [];
  });
  return [...late, ...slow];
}
