/** The executors there are. */
import { EXIT, FiredrillError } from '../../failure.ts';
import { constantArrivalRate } from './constant-arrival-rate.ts';
import { constantVus } from './constant-vus.ts';
import type { Executor, ExecutorContext, ExecutorPlan } from './executor.ts';
import { perVuIterations } from './per-vu-iterations.ts';
import { rampingArrivalRate } from './ramping-arrival-rate.ts';
import { rampingVus } from './ramping-vus.ts';
import { sharedIterations } from './shared-iterations.ts';

export const executors: readonly Executor[] = [
  constantArrivalRate,
  rampingArrivalRate,
  constantVus,
  rampingVus,
  perVuIterations,
  sharedIterations,
];

/** The plan of the executor of that name. Throws FiredrillError where there is none, or where its settings do not fit together. */
export function planExecutor(name: string, rawSettings: unknown, context: ExecutorContext): ExecutorPlan {
  const executor = executors.find((each) => each.name === name);
  if (!executor) {
    throw new FiredrillError('load.executor', `there is no executor '${name}'`, {
      hint: `write one of ${executors.map((each) => each.name).join(', ')}`,
      exitCode: EXIT.experimentWrong,
    });
  }
  return executor.plan(rawSettings, context);
}
