/** What runner and generator say to each other over IPC. Both ends are this very version, so shapes are tagged, not re-checked field by field. */
import { z } from 'zod';
import type { Scenario } from '../../../experiments/language/experiment.ts';
import type { LoadCell, LoadSeries } from '../../../probes/slo/load-cells.ts';
import type { GeneratorFacts } from '../recording/gauges.ts';
import type { LoadTotals } from '../recording/totals.ts';

const tagged = z.looseObject({ type: z.string() });

export type ToGenerator =
  | { readonly type: 'begin'; readonly scenarios: readonly Scenario[]; readonly startNs: string; readonly seed: number }
  | { readonly type: 'stop'; readonly graceMs: number };

export type FromGenerator =
  | { readonly type: 'series'; readonly series: LoadSeries }
  /** Every FRAME_MS, with or without cells: the sign of life. */
  | { readonly type: 'frame'; readonly cells: readonly LoadCell[] }
  | { readonly type: 'facts'; readonly facts: GeneratorFacts }
  | { readonly type: 'ended'; readonly totals: LoadTotals };

export const toGenerator = z.custom<ToGenerator>((value) => tagged.safeParse(value).success);
export const fromGenerator = z.custom<FromGenerator>((value) => tagged.safeParse(value).success);

/** Frames come this often. */
export const FRAME_MS = 100;
