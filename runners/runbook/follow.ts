/**
 * What becomes of a fault whose container restarts or is made anew while it is in force: it is done once more on the container as it is, or the
 * run is stopped, as the step says. Each following is in the journal, on disk, before the act.
 */
import type { Moved } from '../agent/moved-addresses.ts';
import type { ContainerRef } from '../agent/operations/operation.ts';
import type { Clock } from './clock.ts';
import type { FaultRun } from './fault-run.ts';
import type { Strike } from './standing.ts';
import type { Stop } from './stop.ts';

/** A container of the plan that started again: under its own id, or made anew under another in the same place. */
export interface Replacement {
  readonly from: string;
  readonly to: ContainerRef;
  /** Why the new one may not be touched; undefined where it may. */
  readonly refused: string | undefined;
  /** Every container of the plan that has other addresses by now, this one or others. */
  readonly moved: readonly Moved[];
}

/** Tells each replacement until the function that it answers is called. */
export type Replacements = (listener: (each: Replacement) => void) => () => void;

export interface FollowOptions {
  readonly runs: readonly FaultRun[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onStop: (stop: Stop) => void;
}

/** More restarts of one run's containers than this under its faults are no rehearsal any more. */
const FOLLOWINGS_MAX = 50;
/** A container that ends while it is followed may start once more; that long, its next start is waited for. */
const NEXT_START_WITHIN_MS = 3_000;

/** Follows until the answered function is called. Never throws: what cannot be followed stops the run. */
export function followContainers(replacements: Replacements, options: FollowOptions): () => void {
  const { runs, onStop } = options;
  /** By the id it has by now: how often it was replaced. */
  const starts = new Map<string, number>();
  let count = 0;
  return replacements((each) => {
    if (options.signal.aborted) return;
    const concerned = runs.flatMap((run) => run.strikesFor(each).map((strike) => ({ run, strike })));
    if (concerned.length === 0) return;
    count += 1;
    const times = (starts.get(each.from) ?? 0) + 1;
    starts.set(each.to.id, times);
    const what = each.from === each.to.id ? 'restarted' : 'was made anew';
    const stopping = concerned.find(({ run }) => run.planned.onRecreate === 'stop');
    if (stopping) return onStop({ because: 'recreated', detail: `${each.to.name} ${what} under '${stopping.run.planned.name}'` });
    const isTarget = concerned.some(({ strike }) => strike.to.id === each.to.id);
    if (isTarget && each.refused !== undefined)
      return onStop({ because: 'recreated', detail: `${each.to.name} ${what}, and ${each.refused}` });
    if (count > FOLLOWINGS_MAX)
      return onStop({ because: 'recreated', detail: `containers restarted ${count} times; the limit is ${FOLLOWINGS_MAX}` });
    for (const { run, strike } of concerned) void followOne(run, strike, options, () => starts.get(each.to.id) === times);
  });
}

async function followOne(run: FaultRun, strike: Strike, options: FollowOptions, isLatest: () => boolean): Promise<void> {
  const failed = await run.follow(strike);
  if (failed === undefined) return;
  await options.clock.until(options.clock.nowMs() + NEXT_START_WITHIN_MS, options.signal);
  if (options.signal.aborted || !isLatest() || !run.inForce()) return;
  options.onStop({
    because: 'recreated',
    detail: `the fault '${run.planned.name}' could not be done again on ${strike.to.name}: ${failed}`,
  });
}
