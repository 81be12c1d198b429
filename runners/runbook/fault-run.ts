/**
 * One fault's life in a run: armed, intended (on disk), injected, proven, undone, read back; each written to the
 * journal as it happens. `undo` may be called at any time and any number of times; the first call does the work and
 * later ones wait for it.
 */

import type { OperationResult } from '../agent/protocol.ts';
import { EXIT, FiredrillError } from '../failure.ts';
import type { Fault } from '../faults/fault.ts';
import type { Act, EventOf, PlannedFault } from '../journal/events.ts';
import type { Journal } from '../journal/writer.ts';
import type { Clock } from './clock.ts';
import type { Replacement } from './follow.ts';
import type { Hands } from './hands.ts';
import { type Strike, standing } from './standing.ts';

export interface FaultRunOptions {
  readonly planned: PlannedFault;
  readonly fault: Fault;
  /** The step's settings as written. */
  readonly settings: unknown;
  readonly hands: Hands;
  readonly journal: Journal;
  readonly clock: Clock;
  /** The run's start on `process.hrtime.bigint()`. */
  readonly startNs: bigint;
}

export type UndoReason = EventOf<'fault.undoing'>['because'];

export interface FaultRun {
  readonly planned: PlannedFault;
  arm(): Promise<void>;
  /** True when the fault is in effect, with proof; false when it could not be proven, or was undone meanwhile. */
  inject(): Promise<boolean>;
  /** True when everything is back and was read back; an error is in the journal, never thrown. */
  undo(because: UndoReason): Promise<boolean>;
  /** In effect, and its undo has not begun. */
  inForce(): boolean;
  /** Where it has to be done once more because of this replacement: nowhere while it is not in force. Each replacement is to be asked about once. */
  strikesFor(replacement: Replacement): readonly Strike[];
  /** Does it there; resolves with why it failed, undefined where it is in effect there, or being undone. */
  follow(strike: Strike): Promise<string | undefined>;
  /** Armed or further, and not yet undone. */
  open(): boolean;
}

export function faultRun(options: FaultRunOptions): FaultRun {
  const { planned, fault, settings, hands, journal, clock } = options;
  const name = planned.name;
  let state: 'planned' | 'armed' | 'undone' = 'planned';
  let undoing: Promise<boolean> | undefined;
  let inEffect = false;
  const places = standing(planned.operations.operations);
  const onRunClock = (atNs: string) => Number(hands.toRunnerNs(atNs) - options.startNs) / 1e6;
  const acts = (results: readonly OperationResult[]): readonly Act[] =>
    results.map((result) => ({
      container: result.container,
      atMs: onRunClock(result.atNs),
      ok: result.ok,
      mechanism: result.mechanism,
      error: result.error,
    }));

  async function undoOnce(because: UndoReason): Promise<boolean> {
    journal.append({ type: 'fault.undoing', fault: name, because });
    const errors: string[] = [];
    const attempt = async (move: 'undo' | 'readBack') => {
      const results = await hands[move](name).catch((error: unknown) => {
        errors.push(`${move}: ${messageOf(error)}`);
        return [] as const;
      });
      errors.push(...failures(results));
      return results;
    };
    const undone = await attempt('undo');
    const readBack = await attempt('readBack');
    if (errors.length > 0) {
      journal.append({ type: 'fault.undo-failed', fault: name, errors });
      return false;
    }
    state = 'undone';
    const undoneActs = acts(undone);
    journal.append({
      type: 'fault.undone',
      fault: name,
      undoneAtMs: Math.max(0, ...undoneActs.map((act) => act.atMs)) || clock.nowMs(),
      ...overflowFacts(undone),
      readBack: sentence(readBack),
      acts: undoneActs,
    });
    return true;
  }

  /** Undefined where the move failed because its undo came first. */
  const unlessUndoing = (moved: Promise<readonly OperationResult[]>) =>
    moved.catch((error: unknown) => {
      if (undoing) return undefined;
      throw error;
    });

  return {
    planned,
    open: () => state === 'armed',
    async arm() {
      state = 'armed';
      const results = await hands.arm(name);
      journal.append({ type: 'fault.armed', fault: name, acts: acts(results) });
      const failed = failures(results);
      if (failed.length > 0) {
        throw new FiredrillError('arming-failed', `The fault '${name}' (${fault.name}) could not be armed: ${failed.join('; ')}`, {
          hint: 'See what this host can do with: firedrill doctor',
          exitCode: EXIT.groundUnfit,
        });
      }
    },
    async inject() {
      await journal.appendSynced({ type: 'fault.intended', fault: name });
      // A disk may take its time, and no undo waits for it: what comes after one would stay.
      if (undoing) return false;
      const askedAtMs = clock.nowMs();
      const injected = await unlessUndoing(hands.inject(name));
      if (!injected) return false;
      journal.append({ type: 'fault.injected', fault: name, askedAtMs, acts: acts(injected) });
      const failed = failures(injected);
      if (failed.length > 0) {
        journal.append({ type: 'fault.unproven', fault: name, why: failed.join('; ') });
        return false;
      }
      if (undoing) return false;
      const proven = await unlessUndoing(hands.prove(name));
      if (!proven || undoing) return false;
      const proof = fault.judgeProof(settings, proven);
      if (!proof.proven) {
        journal.append({ type: 'fault.unproven', fault: name, why: proof.evidence });
        return false;
      }
      // The effect that was proven began with the act on the last container; objectives count from there.
      const inEffectAtMs = Math.max(...acts(injected).map((act) => act.atMs));
      inEffect = true;
      journal.append({ type: 'fault.in-effect', fault: name, inEffectAtMs, proof: proof.evidence, facts: proof.facts });
      return true;
    },
    inForce: () => inEffect && undoing === undefined,
    strikesFor: (replacement) => (inEffect && undoing === undefined ? places.strikesFor(replacement) : []),
    async follow(strike) {
      const { from, to } = strike;
      await journal.appendSynced({ type: 'fault.following', fault: name, from, to });
      if (undoing) return undefined;
      const results = await hands.follow({ fault: name, ...strike }).catch((error: unknown) => messageOf(error));
      if (undoing) return undefined;
      const failed = typeof results === 'string' ? [results] : failures(results);
      const proof = typeof results === 'string' ? '' : sentence(results);
      const ok = failed.length === 0;
      const done = typeof results === 'string' ? [] : acts(results);
      journal.append({ type: 'fault.followed', fault: name, container: to.name, ok, detail: ok ? proof : failed.join('; '), acts: done });
      return ok ? undefined : failed.join('; ');
    },
    undo(because) {
      if (state === 'planned') return Promise.resolve(true);
      undoing ??= undoOnce(because);
      return undoing;
    },
  };
}

/** Packets that a fault had to let go early, over all containers; only its end knows them all. */
const OVERFLOW = 'overflowedPackets';

function overflowFacts(results: readonly OperationResult[]): { facts?: Readonly<Record<string, number>> } {
  const overflowed = results.reduce((sum, result) => sum + (result.facts?.[OVERFLOW] ?? 0), 0);
  return overflowed > 0 ? { facts: { [OVERFLOW]: overflowed } } : {};
}

function failures(results: readonly OperationResult[]): readonly string[] {
  return results.filter((result) => !result.ok).map((result) => `${result.container}: ${result.error ?? 'failed'}`);
}

function sentence(results: readonly OperationResult[]): string {
  const evidence = [...new Set(results.flatMap((result) => result.evidence ?? []))];
  return evidence.length > 0 ? evidence.join('; ') : `nothing of ours is left in ${results.length} containers`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
