/**
 * The journal's events: a closed union, written as things happen, the only thing that reports, sweep and re-judging
 * read. `atMs` counts from the run's start on the monotonic clock; `wall` is the wall clock, for people and other logs.
 */

import type { Experiment } from '../../experiments/language/experiment.ts';
import type { MetricDefinition } from '../../experiments/language/load-metrics.ts';
import type { LoadCell, LoadSeries } from '../../probes/slo/load-cells.ts';
import type { FaultOperations } from '../agent/orders.ts';

export interface Stamp {
  readonly atMs: number;
  /** ISO 8601, UTC, with milliseconds. */
  readonly wall: string;
}

export type Phase = 'steady-state' | 'arming' | 'method' | 'recovery' | 'ended';
export type Held = 'held' | 'broken' | 'unknown';

/** One planned fault, as `plan` prints it. */
export interface PlannedFault {
  readonly name: string;
  readonly kind: string;
  /** The composite that it is a part of. */
  readonly composite?: string | undefined;
  readonly label: string;
  readonly colour: string;
  readonly lane: string;
  readonly atMs: number;
  readonly durationMs: number | undefined;
  readonly targets: readonly { readonly id: string; readonly name: string; readonly region: string | undefined }[];
  readonly effects: readonly string[];
  readonly undoneBy: 'agent' | 'runner' | 'heals' | 'none';
  /** When a target restarts or is made anew meanwhile: do it there once more, or stop the run. */
  readonly onRecreate: 'follow' | 'stop';
  readonly operations: FaultOperations;
}

/** What a target of the experiment came to: the containers that match, and those of them that were drawn by the seed. */
export interface Selection {
  readonly target: string;
  /** As written: `1`, `30%` or `all`. */
  readonly pick: string;
  /** Names of containers. */
  readonly candidates: readonly string[];
  readonly picked: readonly string[];
}

/** The absolute timeline, with what it will touch. */
export interface Plan {
  readonly title: string;
  readonly variant: string | undefined;
  readonly project: string | undefined;
  readonly seed: number;
  readonly selections: readonly Selection[];
  readonly faults: readonly PlannedFault[];
  readonly gates: readonly { readonly name: string; readonly atMs: number; readonly question: string }[];
  readonly blastRadius: {
    readonly touched: number;
    readonly total: number;
    readonly regions: readonly { readonly region: string; readonly touched: number; readonly total: number }[];
  };
  readonly decidedInArming: readonly string[];
  /** When the last undo is due and when the watch ends at the latest. */
  readonly lastUndoMs: number;
  /** The maximum duration: faults that are in force then are undone. */
  readonly undoneByMs: number;
  readonly endMs: number;
}

/** One act on one container. `atMs` on the run's clock. */
export interface Act {
  readonly container: string;
  readonly atMs: number;
  readonly ok: boolean;
  readonly mechanism?: string | undefined;
  readonly error?: string | undefined;
}

export type Event = Stamp &
  (
    | {
        readonly type: 'run.started';
        readonly runId: string;
        readonly file: string;
        readonly source: string;
        readonly variant: string | undefined;
        readonly version: string;
        readonly machine: Readonly<Record<string, string | number>>;
      }
    /** The experiment as parsed, with its variant laid over it; judging an old run needs neither the file nor its environment. */
    | { readonly type: 'run.planned'; readonly plan: Plan; readonly experiment: Experiment }
    /** `lateMs`, of the method: how much later than planned every step is, because arming took so much longer than the plan left for it. */
    | { readonly type: 'phase'; readonly phase: Phase; readonly lateMs?: number }
    /** The system was brought up or its environment changed; how to put it back. Synced before the act. */
    | {
        readonly type: 'system.intended';
        readonly action: 'up' | 'change';
        readonly compose: string;
        readonly project: string;
        readonly environment: Readonly<Record<string, string>>;
        readonly found: Readonly<Record<string, string | undefined>>;
      }
    | { readonly type: 'system.restored'; readonly ok: boolean; readonly detail: string }
    | {
        readonly type: 'probe.reading';
        readonly probe: string;
        readonly container: string | undefined;
        /** When the look began; `atMs` is when it ended. */
        readonly startedMs: number;
        readonly status: 'ok' | 'unknown';
        readonly value: number | string | boolean | null;
        readonly detail?: string | undefined;
        readonly error?: string | undefined;
        /** A picture of it, by its path from the run's folder. */
        readonly screenshot?: string | undefined;
      }
    | { readonly type: 'load.series'; readonly series: LoadSeries }
    /** A metric of a script's own; told once, before its first sample. */
    | { readonly type: 'load.metric'; readonly metric: MetricDefinition }
    | { readonly type: 'load.frame'; readonly cells: readonly LoadCell[] }
    | {
        readonly type: 'load.generator';
        readonly lagP50Ms: number;
        readonly lagP99Ms: number;
        readonly eventLoopDelayP99Ms: number;
        readonly cpuShare: number;
        readonly rssBytes: number;
        readonly limited: boolean;
        /** Virtual users at work, and those that exist. */
        readonly vus?: number;
        readonly vusMax?: number;
        /** Generators that share the load; lag is that of all, `cpuShare` and `rssBytes` add up. */
        readonly processes?: number;
      }
    /** What a script is about to do; `sha256` is of all its files. */
    | {
        readonly type: 'load.script';
        readonly file: string;
        readonly sha256: string;
        readonly options: Readonly<Record<string, unknown>>;
        readonly scenarios: readonly { readonly name: string; readonly executor: string; readonly text: string }[];
      }
    /** The load has ended, or was ended: what it came to, and how well its times were kept over the whole of it. */
    | {
        readonly type: 'load.ended';
        readonly planned: number;
        readonly sent: number;
        readonly ok: number;
        readonly failed: number;
        readonly dropped: number;
        readonly iterations: number;
        readonly retried: number;
        readonly lagP50Ms: number;
        readonly lagP99Ms: number;
        readonly limited: boolean;
        readonly processes: number;
      }
    /** A generator failed, so that a part of the plan is missing. */
    | { readonly type: 'load.failed'; readonly error: string }
    | {
        readonly type: 'hypothesis.judged';
        readonly when: 'before' | 'armed' | 'after';
        readonly state: Held;
        readonly parts: readonly { readonly text: string; readonly state: Held; readonly seen: string }[];
      }
    /** On disk before the act. */
    | { readonly type: 'fault.intended'; readonly fault: string }
    | { readonly type: 'fault.armed'; readonly fault: string; readonly acts: readonly Act[] }
    | { readonly type: 'fault.injected'; readonly fault: string; readonly askedAtMs: number; readonly acts: readonly Act[] }
    | {
        readonly type: 'fault.in-effect';
        readonly fault: string;
        readonly inEffectAtMs: number;
        readonly proof: string;
        readonly facts: Readonly<Record<string, number>>;
      }
    /** A container restarted or was made anew under the fault, which is done there once more. On disk before the act. */
    | {
        readonly type: 'fault.following';
        readonly fault: string;
        readonly from: string;
        readonly to: { readonly id: string; readonly name: string };
      }
    /** What that came to; `detail` is its proof, or why not. */
    | {
        readonly type: 'fault.followed';
        readonly fault: string;
        readonly container: string;
        readonly ok: boolean;
        readonly detail: string;
        readonly acts: readonly Act[];
      }
    | { readonly type: 'fault.unproven'; readonly fault: string; readonly why: string }
    | { readonly type: 'fault.undoing'; readonly fault: string; readonly because: 'duration' | 'stop' | 'end' | 'agent' | 'sweep' }
    | {
        readonly type: 'fault.undone';
        readonly fault: string;
        readonly undoneAtMs: number;
        /** Figures that only the end of the fault tells, such as packets that could not be held back. */
        readonly facts?: Readonly<Record<string, number>>;
        readonly readBack: string;
        readonly acts: readonly Act[];
      }
    | { readonly type: 'fault.undo-failed'; readonly fault: string; readonly errors: readonly string[] }
    | {
        readonly type: 'gate';
        readonly gate: string;
        readonly question: string;
        readonly answer: 'passed-over' | 'go' | 'no-go' | 'no-answer';
      }
    | {
        readonly type: 'stop';
        readonly because: 'signal' | 'emergency' | 'condition' | 'threshold' | 'gate' | 'limit' | 'recreated' | 'error' | 'agent-lost';
        readonly detail: string;
      }
    | { readonly type: 'container'; readonly container: string; readonly action: string; readonly detail?: string | undefined }
    | { readonly type: 'note'; readonly level: 'info' | 'warning' | 'error'; readonly text: string }
    | { readonly type: 'run.ended'; readonly exitCode: number | undefined }
  );

export type EventType = Event['type'];
export type EventOf<Type extends EventType> = Extract<Event, { readonly type: Type }>;
/** An event before it is stamped. */
export type EventBody = Event extends infer Each ? (Each extends Event ? Omit<Each, keyof Stamp> : never) : never;
