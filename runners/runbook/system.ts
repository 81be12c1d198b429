/**
 * The system under test: brought up if it isn't, given the environment that the experiment asks for, and left as it
 * was found, its environment too. The intent is on disk before the act, so that `sweep` can put it back.
 */
import { EXIT, FiredrillError } from '../failure.ts';
import type { Journal } from '../journal/writer.ts';

/** What is needed of Compose, for one file. */
export interface System {
  readonly compose: string;
  readonly project: string;
  /** `absent`: none of its containers exist; `unhealthy`: some do, and `bad` says what is wrong with which. */
  state(): Promise<{ readonly state: 'absent' | 'healthy' } | { readonly state: 'unhealthy'; readonly bad: readonly string[] }>;
  /** Brings it up with these variables over the caller's own environment, and waits until it is healthy. */
  up(environment: Readonly<Record<string, string>>): Promise<void>;
  /** Answers with the names of empty networks that the engine keeps, because it miscounts what is on them, until it restarts. */
  down(): Promise<readonly string[]>;
  /** The values that the running containers have for these variables; undefined where the file's default holds. */
  foundEnvironment(names: readonly string[]): Promise<Readonly<Record<string, string | undefined>>>;
}

export interface PreparedSystem {
  /** What was done: nothing, brought up, or its environment changed. */
  readonly action: 'none' | 'up' | 'change';
  /** Puts back what was found; what cannot be is in the journal, and false is returned. */
  restore(): Promise<boolean>;
}

export interface PrepareOptions {
  readonly system: System;
  readonly environment: Readonly<Record<string, string>>;
  readonly journal: Journal;
  /** Leave it up afterwards, where it was brought up here. */
  readonly keep: boolean;
}

/**
 * Brings the system into the state that the experiment asks for. Throws FiredrillError `not-healthy` (exit 7) where it is there
 * already but not well: a drill on a broken system proves nothing, and mending it is not ours to do unasked.
 */
export async function prepareSystem({ system, environment, journal, keep }: PrepareOptions): Promise<PreparedSystem> {
  const before = await system.state();
  if (before.state === 'unhealthy') {
    throw new FiredrillError('not-healthy', `The system '${system.project}' is not healthy: ${before.bad.join(', ')}.`, {
      hint: `Mend it first, or bring it up anew: firedrill up ${system.compose}`,
      exitCode: EXIT.groundUnfit,
    });
  }
  const wasUp = before.state === 'healthy';
  const found = wasUp ? await system.foundEnvironment(Object.keys(environment)) : {};
  const differs = Object.entries(environment).some(([name, value]) => found[name] !== value);
  const action = !wasUp ? 'up' : differs ? 'change' : 'none';
  if (action === 'none') return { action, restore: () => Promise.resolve(true) };
  await journal.appendSynced({ type: 'system.intended', action, compose: system.compose, project: system.project, environment, found });
  const restore = () => restoreSystem(system, { action, found, keep }, journal);
  try {
    await system.up(environment);
  } catch (error) {
    await restore();
    throw error;
  }
  return { action, restore };
}

export interface RestoreOptions {
  readonly action: 'up' | 'change';
  readonly found: Readonly<Record<string, string | undefined>>;
  readonly keep: boolean;
}

/** Takes down what was brought up, or gives the containers the environment that was found; used by `sweep` as well. */
export async function restoreSystem(
  system: System,
  { action, found, keep }: RestoreOptions,
  journal: Pick<Journal, 'append'>,
): Promise<boolean> {
  try {
    const detail = await putBack(system, { action, found, keep });
    journal.append({ type: 'system.restored', ok: true, detail });
    return true;
  } catch (error) {
    journal.append({ type: 'system.restored', ok: false, detail: error instanceof Error ? error.message : String(error) });
    return false;
  }
}

async function putBack(system: System, { action, found, keep }: RestoreOptions): Promise<string> {
  const before = Object.fromEntries(Object.entries(found).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
  if (action === 'change') {
    await system.up(before);
    return 'its environment is what it was';
  }
  if (keep) return 'left up, as asked';
  const kept = await system.down();
  if (kept.length === 0) return 'taken down, as it was found';
  const one = kept.length === 1;
  return `taken down, but for the empty network${one ? '' : 's'} ${kept.join(', ')}: this engine miscounts what is on ${one ? 'it' : 'them'}, and keeps ${one ? 'it' : 'them'} until it restarts`;
}
