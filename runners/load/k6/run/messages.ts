/** What the process that runs a script and the one that started it say to each other, beside what every generator says. */
import { z } from 'zod';
import type { FromGenerator } from '../../generator/messages.ts';
import type { Tags } from '../host.ts';
import type { AskedTags } from '../journal-tap.ts';
import type { LogEntry } from '../log.ts';
import type { Options } from '../options/schema.ts';
import type { OptionSources } from '../plan-script.ts';
import type { ScriptResult, ScriptSwitches } from '../script-run.ts';
import type { SummarySettings } from '../summary/summary-data.ts';

/** A script to run, and with what. */
export interface ScriptOrder {
  /** Absolute. */
  readonly path: string;
  /** Messages name files relative to this one, absolute. */
  readonly folder: string;
  /** `__ENV`. */
  readonly environment: Tags;
  readonly sources: OptionSources;
  readonly switches: ScriptSwitches;
  readonly terminals: Omit<SummarySettings, 'trendStats' | 'timeUnit'>;
  readonly seed: number;
  /** Tags by which the journal tells series apart; undefined: nothing is journalled. */
  readonly journalTags?: AskedTags | undefined;
  /** Files that every sample is written to. */
  readonly outputs?: readonly SampleFile[] | undefined;
}

export interface SampleFile {
  readonly format: 'json' | 'csv';
  /** Absolute. */
  readonly path: string;
}

/** A scenario as `plan` shows it. */
export interface DescribedScenario {
  readonly name: string;
  readonly executor: string;
  readonly exec: string;
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly vusMax: number;
}

/** What a script is about to do. */
export interface ScriptDescription {
  readonly file: string;
  readonly sha256: string;
  readonly options: Options;
  readonly exports: readonly string[];
  readonly scenarios: readonly DescribedScenario[];
}

export interface Progress {
  readonly elapsedMs: number;
  readonly vusActive: number;
  readonly vusInitialized: number;
  readonly completed: number;
  readonly interrupted: number;
}

export type ToScript =
  /** `startNs`: the run's start by `process.hrtime.bigint()`. */
  | { readonly type: 'begin'; readonly order: ScriptOrder; readonly startNs: string; readonly runs: boolean }
  | { readonly type: 'stop'; readonly graceMs: number; readonly by: 'signal' | 'end' };

export type FromScript =
  | FromGenerator
  | { readonly type: 'described'; readonly description: ScriptDescription }
  | { readonly type: 'log'; readonly entry: LogEntry }
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'result'; readonly result: ScriptResult };

const tagged = z.looseObject({ type: z.string() });
export const toScript = z.custom<ToScript>((value) => tagged.safeParse(value).success);
export const fromScript = z.custom<FromScript>((value) => tagged.safeParse(value).success);
