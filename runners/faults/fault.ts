/**
 * What a fault is. Its five moves (arm, inject, prove, undo, read back) are carried out by the agent on the plain
 * operations that `plan` returns, so that undo survives the runner; the fault's own file says what it is called, what
 * may be set, how it looks, what it does to which container, who undoes it, and what counts as proof.
 */
import type { z } from 'zod';
import type { Kind } from '../../experiments/language/kind.ts';
import type { Operation } from '../agent/operations/index.ts';
import type { OperationResult } from '../agent/protocol.ts';

/** A container that a target selector found. */
export interface Target {
  readonly id: string;
  /** With `engine/` before it, where it is on one that the experiment names. */
  readonly name: string;
  readonly engine?: string | undefined;
  readonly service: string | undefined;
  readonly project: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly image: string;
  readonly state: string;
  /** IPv4 and IPv6 addresses on all its networks. */
  readonly addresses: readonly string[];
  /** The engine's word: a network's name, `host`, `none`, or `container:<id>` of the one whose network it shares. */
  readonly networkMode?: string;
  /** True where a volume or bind mount keeps its data beyond the container. */
  readonly persistent: boolean;
}

/** Who can put it back. `heals`: it ends by itself; `none`: nobody can. */
export type UndoneBy = 'agent' | 'runner' | 'heals' | 'none';

/** How reports show a fault, so that none of them switches over kinds. */
export interface Looks {
  readonly label: string;
  /** CSS colour. */
  readonly colour: string;
  readonly lane: 'network' | 'container' | 'resource' | 'application' | 'noop';
}

export interface FaultContext {
  /** The containers of the fault's own target. */
  readonly targets: readonly Target[];
  /** Resolves another target of the experiment by name; throws FiredrillError where there is none. */
  readonly select: (target: string) => readonly Target[];
  /** Seed of the run. */
  readonly seed: number;
  /** Where the experiment lies, absolute; paths in settings start there. */
  readonly folder?: string;
  /** True where the step says `irreversible: accept`. */
  readonly irreversible?: boolean;
}

/** What a fault will do, for `plan` and for the agent. */
export interface FaultPlan {
  readonly operations: readonly Operation[];
  /** One line for each operation's container: what will be done to it. */
  readonly effects: readonly string[];
  /** Where it depends on the settings who can put it back; else it is as the fault says. */
  readonly undoneBy?: UndoneBy;
  /** Other containers whose traffic is touched, without being entered. */
  readonly alsoTouched?: readonly Target[];
}

/** Verdict on the evidence: proven, with a sentence that holds the figures; or not, and why. */
export interface Proof {
  readonly proven: boolean;
  readonly evidence: string;
  readonly facts: Readonly<Record<string, number>>;
}

export interface Fault extends Kind {
  readonly looks: Looks;
  readonly undoneBy: UndoneBy;
  /** What shows that it is in effect, for the docs; never a reading of what we wrote. */
  readonly provenBy: string;
  /** True where the step needs a `duration`. */
  readonly lasting: boolean;
  /** True where what it destroys may be impossible to rebuild: persistent targets then need `irreversible: accept`. */
  readonly destroysData?: boolean;
  /** Pure. Takes the settings as written in the file (already checked). */
  plan(rawSettings: unknown, context: FaultContext): FaultPlan;
  /** Pure. Judges what the agent's `prove` move returned; takes the settings as written. */
  judgeProof(rawSettings: unknown, results: readonly OperationResult[]): Proof;
}

/** What a fault's file writes: the same, with typed settings. */
export interface FaultDefinition<Settings extends z.ZodObject> extends Omit<Fault, 'settings' | 'plan' | 'judgeProof'> {
  readonly settings: Settings;
  readonly plan: (settings: z.output<Settings>, context: FaultContext) => FaultPlan;
  readonly judgeProof: (settings: z.output<Settings>, results: readonly OperationResult[]) => Proof;
}

/** Makes a fault of its definition: parses the raw settings at the edge, once a call. */
export function defineFault<Settings extends z.ZodObject>(definition: FaultDefinition<Settings>): Fault {
  return {
    ...definition,
    plan: (raw, context) => definition.plan(definition.settings.parse(raw), context),
    judgeProof: (raw, results) => definition.judgeProof(definition.settings.parse(raw), results),
  };
}
