/** The executors there are. */
import { constantArrivalRate } from './constant-arrival-rate.ts';
import { constantVus } from './constant-vus.ts';
import type { Executor } from './executor.ts';

export const executors: readonly Executor[] = [constantArrivalRate, constantVus];
