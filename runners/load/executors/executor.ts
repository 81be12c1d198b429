/**
 * What an executor is: a way to spread requests over time. Its settings and its plan live in one file; who carries the
 * plan out is one of two drivers, open loop (arrivals come when the plan says) or closed loop (each virtual user sends
 * its next request after the answer to the last).
 */
import type { z } from 'zod';
import type { Kind } from '../../../experiments/language/kind.ts';
import type { RateSegment } from '../pacing/arrivals.ts';

/** Arrivals that do not wait for answers. */
export interface OpenPlan {
  readonly model: 'open';
  readonly durationMs: number;
  readonly segments: readonly RateSegment[];
  /** Arrivals in all. */
  readonly planned: number;
  /** Connections opened before the first arrival. */
  readonly preAllocatedVUs: number;
  /** Requests under way at the same time, at most; an arrival beyond it is `dropped`. */
  readonly maxVUs: number;
  /** One line for `plan`. */
  readonly text: string;
}

/** Virtual users that wait for their answers. */
export interface ClosedPlan {
  readonly model: 'closed';
  readonly durationMs: number;
  readonly vus: number;
  /** Pause of a virtual user after each answer. */
  readonly thinkTimeMs: number;
  readonly text: string;
}

export type ExecutorPlan = OpenPlan | ClosedPlan;

/** What an executor may know of its scenario. */
export interface ExecutorContext {
  readonly timeoutMs: number;
}

export interface Executor extends Kind {
  /** Pure. Takes the settings as written in the file; throws FiredrillError where they do not fit together. */
  plan(rawSettings: unknown, context: ExecutorContext): ExecutorPlan;
}

/** What an executor's file writes: the same, with typed settings. */
export interface ExecutorDefinition<Settings extends z.ZodObject> extends Omit<Executor, 'settings' | 'plan'> {
  readonly settings: Settings;
  readonly plan: (settings: z.output<Settings>, context: ExecutorContext) => ExecutorPlan;
}

/** Makes an executor of its definition: parses the raw settings at the edge. */
export function defineExecutor<Settings extends z.ZodObject>(definition: ExecutorDefinition<Settings>): Executor {
  return { ...definition, plan: (raw, context) => definition.plan(definition.settings.parse(raw), context) };
}
