/**
 * What a probe is: one look at something, never a touch. The runbook calls `look` on the probe's interval through the
 * whole run and writes each reading to the journal.
 */
import type { z } from 'zod';
import type { Kind } from '../experiments/language/kind.ts';
import type { LoadQuestion, Measured } from './slo/judge-load.ts';

/** What a probe saw. `unknown` is the tool's own failure to look (and says why); it is never the system's. */
export type Reading =
  | { readonly status: 'ok'; readonly value: number | string | boolean | null; readonly detail?: string }
  | { readonly status: 'unknown'; readonly error: string };

/** A container that a probe looks at: the least it needs to know. */
export interface ProbeTarget {
  readonly id: string;
  readonly name: string;
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
}

/** What a probe may use of the outside, handed in so that probes/ needs no engine and tests need no network. */
export interface ProbeTools extends EngineTools {
  /** Measures the run's own load over the last `overMs`, as far as it has arrived. */
  measureLoad(question: LoadQuestion, overMs: number): Measured;
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
  /** True where it needs a `target`. */
  readonly needsTarget: boolean;
  /** Takes the settings as written in the file (already checked). */
  open(rawSettings: unknown): OpenProbe;
}

export interface ProbeDefinition<Settings extends z.ZodObject> extends Omit<Probe, 'settings' | 'open'> {
  readonly settings: Settings;
  readonly open: (settings: z.output<Settings>) => OpenProbe;
}

/** Makes a probe of its definition: parses the raw settings at the edge. */
export function defineProbe<Settings extends z.ZodObject>(definition: ProbeDefinition<Settings>): Probe {
  return { ...definition, open: (raw) => definition.open(definition.settings.parse(raw)) };
}
