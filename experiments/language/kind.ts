/**
 * What the language is handed about each kind of fault, probe and executor. The language cannot import them (they
 * stand further on in the flow), so whoever composes the program passes the lists in.
 */
import type { z } from 'zod';
import type { Composite } from './composite.ts';

/** Settings that do not fit together; `key` is the one to mend. */
export interface Misfit {
  readonly key: string;
  readonly message: string;
  readonly hint: string;
}

/** One kind: its word in the YAML, a sentence for the docs, and the schema of its settings. */
export interface Kind {
  /** The word in the YAML; also the file's name. */
  readonly name: string;
  /** One sentence for `firedrill list` and the generated docs. */
  readonly summary: string;
  /** The kind's own settings, without the keys that every step or probe has. */
  readonly settings: z.ZodObject;
  /** What in settings that the schema accepts does not fit together; takes them as written. */
  readonly misfits?: (settings: unknown) => readonly Misfit[];
  /** Faults: true where the step needs a `duration`. */
  readonly lasting?: boolean;
  /** Faults: who can put it back; `runner` and `none` need the file's consent. */
  readonly undoneBy?: 'agent' | 'runner' | 'heals' | 'none';
  /** Faults: what it is made of, where a step of it becomes steps of other faults. */
  readonly composite?: Composite;
  /** Faults: what shows that it is in effect. */
  readonly provenBy?: string;
  /** Probes: whether it needs a `target`, by its settings as written where they may say elsewhere to look. */
  readonly needsTarget?: boolean | ((written: Readonly<Record<string, unknown>>) => boolean);
}

/** Everything an experiment may name. */
export interface Kinds {
  readonly faults: readonly Kind[];
  readonly probes: readonly Kind[];
  readonly executors: readonly Kind[];
}
