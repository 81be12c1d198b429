/** What runner and generator say to each other over IPC. Both ends are this very version, so shapes are tagged, not re-checked field by field. */
import { z } from 'zod';
import type { Scenario } from '../../../experiments/language/experiment.ts';
import type { MetricDefinition } from '../../../experiments/language/load-metrics.ts';
import type { LoadCell, LoadSeries } from '../../../probes/slo/load-cells.ts';
import type { Share } from '../executors/executor.ts';
import type { AskedTags } from '../recording/asked-series.ts';
import type { ProcessFacts } from '../recording/gauges.ts';
import type { ProcessTotals } from './merge.ts';
import type { MomentCome } from './moments.ts';

const tagged = z.looseObject({ type: z.string() });

/** How much somebody should mind. */
export type NoteLevel = 'info' | 'warning' | 'error';

export type ToGenerator =
  | {
      readonly type: 'begin';
      readonly scenarios: readonly Scenario[];
      readonly startNs: string;
      readonly seed: number;
      readonly askedTags: AskedTags;
      readonly share: Share;
    }
  /** The earliest instant at which a scenario starts, on the run's clock; the same for all generators. */
  | { readonly type: 'go'; readonly atMs: number }
  /** What a scenario may wait for has come. */
  | ({ readonly type: 'moment' } & MomentCome)
  | { readonly type: 'stop'; readonly graceMs: number };

export type FromGenerator =
  /** Connections are open: it can begin. */
  | { readonly type: 'ready' }
  | { readonly type: 'series'; readonly series: LoadSeries }
  /** A metric of a script's own, before its first sample. */
  | { readonly type: 'metric'; readonly metric: MetricDefinition }
  | { readonly type: 'note'; readonly level: NoteLevel; readonly text: string }
  /** Every FRAME_MS, with or without cells: the sign of life. */
  | { readonly type: 'frame'; readonly cells: readonly LoadCell[] }
  | { readonly type: 'facts'; readonly facts: ProcessFacts }
  | { readonly type: 'ended'; readonly totals: ProcessTotals };

export const toGenerator = z.custom<ToGenerator>((value) => tagged.safeParse(value).success);
export const fromGenerator = z.custom<FromGenerator>((value) => tagged.safeParse(value).success);

/** Frames come this often. */
export const FRAME_MS = 100;
