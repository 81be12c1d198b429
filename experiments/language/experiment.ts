/** The experiment as the rest of firedrill sees it: parsed, checked, every default filled in. */
import type { Comparison } from './comparison.ts';
import type { Condition } from './condition.ts';
import type { Duration } from './duration.ts';
import type { Scenario } from './load.ts';
import type { LoadScript } from './load-script.ts';
import type { LoadThreshold } from './load-threshold.ts';
import type { NamedProbe } from './named-probe.ts';
import type { Objective } from './objective.ts';
import type { Overlay } from './overlay.ts';
import type { FaultStep, GateStep } from './steps.ts';
import type { TargetSelector } from './target.ts';

export type { AnswerCheck, Extraction } from './answer-check.ts';
export { ALL, type Comparison, type Measure, type Part, PLAIN, variantsOf } from './comparison.ts';
export type { Cookies, Scenario } from './load.ts';
export { type DataGenerator, generator } from './load-data.ts';
export { type Chain, type ChainStep, type Request, request } from './load-request.ts';
export type { LoadScript } from './load-script.ts';
export type { LoadThreshold } from './load-threshold.ts';
export type { NamedProbe } from './named-probe.ts';
export { name, share, targetName } from './names.ts';
export type { Objective } from './objective.ts';
export type { Overlay } from './overlay.ts';
export { experimentSchema } from './schema.ts';
export type { Moment, StartTime } from './start-time.ts';
export type { FaultStep, GateStep } from './steps.ts';
export { type Pick, type TargetSelector, targetSelector } from './target.ts';

/** An experiment as parsed: every default filled in, inline probes named, lists in the order of the file. */
export interface Experiment {
  readonly title: string;
  readonly description?: string | undefined;
  readonly system?: { readonly compose: string; readonly environment: Readonly<Record<string, string>> } | undefined;
  /** By the name that targets use; the one of the environment has none. */
  readonly engines: Readonly<Record<string, { readonly host: string; readonly tls?: string | undefined }>>;
  readonly targets: Readonly<Record<string, TargetSelector>>;
  readonly scenarios: readonly Scenario[];
  /** A k6 script that runs beside the scenarios. */
  readonly script?: LoadScript | undefined;
  /** Processes that share the load; undefined: by its rates and the machine. */
  readonly generators?: number | undefined;
  /** What the load as a whole must come to; none where it is left out. */
  readonly thresholds?: readonly LoadThreshold[] | undefined;
  readonly probes: readonly NamedProbe[];
  readonly hypothesis: readonly Condition[];
  readonly method: readonly (FaultStep | GateStep)[];
  readonly objectives: Readonly<Record<string, Objective>>;
  readonly stopWhen: readonly (Condition & { readonly for?: Duration | undefined })[];
  /** How long to go on watching after the last undo at most; default 30s. */
  readonly watch: Duration;
  readonly limits: { readonly maxTargets: number; readonly maxShare: number; readonly maxDuration: Duration };
  readonly variants: Readonly<Record<string, Overlay>>;
  /** What must be so of the difference between variants, or from a stored run; none where it is left out. */
  readonly comparisons?: Readonly<Record<string, Comparison>> | undefined;
}
