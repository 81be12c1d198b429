/** What the process that runs a script and the one that started it say to each other, beside what every generator says. */
import { z } from 'zod';
import type { Share } from '../../executors/executor.ts';
import type { FromGenerator } from '../../generator/messages.ts';
import type { AskedTags } from '../../recording/asked-series.ts';
import type { Tags } from '../host.ts';
import type { FailureCounts, LogEntry } from '../log.ts';
import type { Options } from '../options/schema.ts';
import type { OptionSources } from '../plan-script.ts';
import type { ScriptResult, ScriptSwitches } from '../script-run.ts';
import type { Abortion, TestCounts, TestGrowth } from '../script-test.ts';
import type { SummarySettings } from '../summary/summary-data.ts';
import type { ScriptPath } from '../transform/transform.ts';

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
  /** Takes this path; default: the one that the script can go. */
  readonly engine?: ScriptPath | undefined;
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
  /** What it asks of processes, 1 being as much as one is meant for. */
  readonly demand: number;
}

export interface Progress extends TestCounts {
  readonly elapsedMs: number;
}

/** What the processes of one test tell each other, by way of the runner. */
export type AmongScripts =
  /** Of the one that leads, to those that follow: what setup gave, as JSON. */
  | { readonly type: 'set-up'; readonly setupText?: string | undefined }
  /** Of one that follows, to the one that leads: what it has sampled since it last told. */
  | { readonly type: 'grown'; readonly growth: TestGrowth }
  /** Of one that follows, at its end: what else the one that leads must know. */
  | { readonly type: 'followed'; readonly failures: FailureCounts; readonly markedFailed?: string | undefined }
  /** Of any, to all others. */
  | { readonly type: 'aborted'; readonly abortion: Abortion };

export type ToScript =
  /** `startNs`: the run's start by `process.hrtime.bigint()`. `leads`: it alone sets up, judges, tears down and sums up. */
  | { readonly type: 'begin'; readonly order: ScriptOrder; readonly startNs: string; readonly runs: boolean; readonly leads: boolean }
  /** It is decided how many share the test. */
  | { readonly type: 'share'; readonly share: Share }
  /** All are ready: the instant, on the run's clock, at which the scenarios begin. */
  | { readonly type: 'go'; readonly atMs: number }
  /** To the one that leads: all others have ended. */
  | { readonly type: 'gathered' }
  /** What the others count together. */
  | { readonly type: 'elsewhere'; readonly counts: TestCounts }
  | AmongScripts
  | { readonly type: 'stop'; readonly graceMs: number; readonly by: 'signal' | 'end' };

export type FromScript =
  | FromGenerator
  | AmongScripts
  | { readonly type: 'described'; readonly description: ScriptDescription }
  | { readonly type: 'log'; readonly entry: LogEntry }
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'result'; readonly result: ScriptResult };

const tagged = z.looseObject({ type: z.string() });
export const toScript = z.custom<ToScript>((value) => tagged.safeParse(value).success);
export const fromScript = z.custom<FromScript>((value) => tagged.safeParse(value).success);
