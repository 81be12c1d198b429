/**
 * What a probe is: one look at something, never a touch. The runbook calls `look` on the probe's interval through the
 * whole run and writes each reading to the journal.
 */
import type { z } from 'zod';
import type { Kind, Misfit } from '../experiments/language/kind.ts';
import type { LoadQuestion, Measured } from './slo/judge-load.ts';

/** What a probe saw. `unknown` is the tool's own failure to look (and says why); it is never the system's. */
export type Reading =
  | {
      readonly status: 'ok';
      readonly value: number | string | boolean | null;
      readonly detail?: string;
      /** A picture of it, by its path from the run's folder. */
      readonly screenshot?: string;
    }
  | { readonly status: 'unknown'; readonly error: string };

/** A container that a probe looks at: the least it needs to know. */
export interface ProbeTarget {
  readonly id: string;
  readonly name: string;
  /** What stays the same when it is made anew, where that is not its name. */
  readonly place?: string;
  readonly addresses: readonly string[];
}

/** What a probe may use of the engine. */
export interface EngineTools {
  /** State of a container as the engine tells it. */
  inspect(
    containerId: string,
  ): Promise<{ state: string; health: string | undefined; restarts: number; oomKilled: boolean; exitCode: number }>;
  /** Runs a command inside a container; arguments are a list. */
  exec(containerId: string, command: readonly string[], signal: AbortSignal): Promise<{ exitCode: number; stdout: string; stderr: string }>;
  /** Lines of a container's log in their order, as they are read: never the whole log at once. Throws the engine's error. */
  log(containerId: string, which: LogStretch, signal: AbortSignal): AsyncIterable<LogLine>;
  /** What the kernel counts for a container; undefined where no process of it runs. */
  stats(containerId: string): Promise<ContainerStats | undefined>;
}

/** A line of a container's log. */
export interface LogLine {
  /** When the engine heard it: RFC 3339 in UTC with nanoseconds, so that texts compare as instants do. */
  readonly at: string;
  readonly text: string;
}

/** Which part of a log. */
export interface LogStretch {
  /** From this instant on, itself included. */
  readonly since?: string | undefined;
  /** Only the last so many lines. */
  readonly tail?: number | undefined;
  readonly streams: 'both' | 'stdout' | 'stderr';
}

/** What the kernel has counted for a container since it started. Both versions of control groups. */
export interface ContainerStats {
  /** When the engine looked, ms of its own clock. */
  readonly takenAtMs: number;
  readonly cpuMs: number;
  /** How long its limit kept it from running. */
  readonly throttledMs: number;
  /** Without the files' cache that the kernel may drop at any time, as `docker stats` shows it. */
  readonly memoryBytes: number;
  /** The host's memory where it has no limit. */
  readonly memoryLimitBytes: number;
  /** Over all its networks. */
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

/** What a probe may use of the outside, handed in so that probes/ needs no engine and tests need no network. */
export interface ProbeTools extends EngineTools {
  /** The run's clock: monotonic, in ms. */
  nowMs(): number;
  /** Measures the run's own load over the last `overMs`, as far as it has arrived. */
  measureLoad(question: LoadQuestion, overMs: number): Measured;
  /** Keeps a JPEG beside the journal; its path from the run's folder, undefined where no more are kept or it cannot be written. */
  keepScreenshot(picture: Uint8Array): Promise<string | undefined>;
}

export interface LookContext {
  readonly target: ProbeTarget | undefined;
  readonly tools: ProbeTools;
  /** Aborts when the probe's timeout is over, and when the watch ends (the reading is then thrown away). */
  readonly signal: AbortSignal;
  /** The limit behind `signal`, for what can be told to limit itself (a database's statement timeout). */
  readonly timeoutMs: number;
}

/** An open probe: it may keep a connection between looks. */
export interface OpenProbe {
  look(context: LookContext): Promise<Reading>;
  close(): Promise<void>;
}

export interface Probe extends Kind {
  readonly looks: { readonly label: string; readonly colour: string };
  readonly needsTarget: NonNullable<Kind['needsTarget']>;
  /** Takes the settings as written in the file (already checked). */
  open(rawSettings: unknown): OpenProbe;
}

export interface ProbeDefinition<Settings extends z.ZodObject> extends Omit<Probe, 'settings' | 'misfits' | 'open'> {
  readonly settings: Settings;
  /** What does not fit together in settings that the schema accepts. */
  readonly misfits?: (settings: z.output<Settings>) => readonly Misfit[];
  readonly open: (settings: z.output<Settings>) => OpenProbe;
}

/** Makes a probe of its definition: parses the raw settings at the edge. */
export function defineProbe<Settings extends z.ZodObject>({ misfits, ...definition }: ProbeDefinition<Settings>): Probe {
  const { settings, open } = definition;
  return {
    ...definition,
    open: (raw) => open(settings.parse(raw)),
    ...(misfits ? { misfits: (raw) => misfitsOf(settings.safeParse(raw), misfits) } : {}),
  };
}

/** Settings that the schema refuses have been complained of already. */
function misfitsOf<Settings>(
  parsed: z.ZodSafeParseResult<Settings>,
  misfits: (settings: Settings) => readonly Misfit[],
): readonly Misfit[] {
  return parsed.success ? misfits(parsed.data) : [];
}
