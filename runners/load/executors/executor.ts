/**
 * What an executor is: a way to spread iterations over time. Its settings and its plan live in one file; who carries the
 * plan out is one of two drivers, open loop (arrivals come when the plan says) or closed loop (each virtual user starts
 * its next iteration after the end of the last). What an iteration is, no executor knows.
 */
import type { z } from 'zod';
import type { Kind, Misfit } from '../../../experiments/language/kind.ts';
import type { Pause } from '../../../experiments/language/pause.ts';
import { EXIT, FiredrillError } from '../../failure.ts';
import type { RateSegment } from '../pacing/arrivals.ts';
import type { UserSegment } from '../pacing/user-steps.ts';

/** Of several generator processes, one's part of a plan: arrival i and virtual user i belong to process i mod `of`. */
export interface Share {
  readonly index: number;
  readonly of: number;
}

export const WHOLE: Share = { index: 0, of: 1 };

/** Arrivals that do not wait for answers. */
export interface OpenPlan {
  readonly model: 'open';
  readonly durationMs: number;
  readonly segments: readonly RateSegment[];
  /** Arrivals in all. */
  readonly planned: number;
  /** Virtual users made ready, and connections opened, before the first arrival. */
  readonly preAllocatedVUs: number;
  /** Iterations under way at the same time, at most; an arrival beyond it is `dropped`. */
  readonly maxVUs: number;
  /** One line for `plan`. */
  readonly text: string;
}

/** A number of iterations, after which the load is over: of each virtual user, or of all together. */
export interface IterationCount {
  readonly count: number;
  readonly by: 'each' | 'all';
}

/** Virtual users that wait for their answers. */
export interface ClosedPlan {
  readonly model: 'closed';
  /** No iteration is started any more from here on. */
  readonly durationMs: number;
  /** How many virtual users are at work over time. */
  readonly users: readonly UserSegment[];
  /** Virtual users at most. */
  readonly vus: number;
  /** Undefined: as many iterations as fit into the duration. */
  readonly iterations: IterationCount | undefined;
  /** How long a virtual user that is ramped down may take to end its iteration. */
  readonly gracefulRampDownMs: number;
  /** Pause of a virtual user after each iteration, evenly drawn. */
  readonly thinkTime: Pause;
  readonly text: string;
}

export type ExecutorPlan = OpenPlan | ClosedPlan;

/** What an executor may know of its scenario. */
export interface ExecutorContext {
  /** How long an iteration takes at most; the default of maxVUs is reckoned from it. */
  readonly timeoutMs: number;
}

export interface Executor extends Kind {
  /** What in settings that its schema accepts does not fit together; none where the schema refuses them. */
  misfits(rawSettings: unknown): readonly Misfit[];
  /** Pure. Takes the settings as written in the file; throws FiredrillError where they do not fit together. */
  plan(rawSettings: unknown, context: ExecutorContext): ExecutorPlan;
}

/** What an executor's file writes: the same, with typed settings. */
export interface ExecutorDefinition<Settings extends z.ZodObject> extends Omit<Executor, 'settings' | 'plan' | 'misfits'> {
  readonly settings: Settings;
  readonly misfits: (settings: z.output<Settings>) => readonly Misfit[];
  readonly plan: (settings: z.output<Settings>, context: ExecutorContext) => ExecutorPlan;
}

/** Makes an executor of its definition: parses the raw settings at the edge. */
export function defineExecutor<Settings extends z.ZodObject>(definition: ExecutorDefinition<Settings>): Executor {
  const { name, settings } = definition;
  return {
    ...definition,
    misfits(raw) {
      const parsed = settings.safeParse(raw);
      return parsed.success ? definition.misfits(parsed.data) : [];
    },
    plan(raw, context) {
      const given = settings.parse(raw);
      const [first] = definition.misfits(given);
      if (first) {
        throw new FiredrillError('load.settings', `${name}: ${first.message}`, { hint: first.hint, exitCode: EXIT.experimentWrong });
      }
      return definition.plan(given, context);
    },
  };
}
