/** The five moves of one operation on one container, and what they stand on. */
import type { Engine } from '../engine.ts';
import type { PacketFilter } from '../packet-filter.ts';
import type { BringBack } from '../reconnection.ts';

/** What a move came to. A move that fails throws; its message becomes the result's error. */
export interface Outcome {
  /** When it took effect, on the agent's clock; by default when the move ended. */
  readonly atNs?: bigint;
  readonly mechanism?: string;
  readonly evidence?: string;
  readonly facts?: Readonly<Record<string, number>>;
}

/**
 * Each move ends when its signal aborts, at the latest. `undo` may be called twice, on what was never touched, and on
 * a container that is stopped or gone; `readBack` throws when anything of ours is left.
 */
export interface FiveMoves {
  arm(signal: AbortSignal): Promise<Outcome>;
  inject(signal: AbortSignal): Promise<Outcome>;
  prove(signal: AbortSignal): Promise<Outcome>;
  undo(signal: AbortSignal): Promise<Outcome>;
  readBack(signal: AbortSignal): Promise<Outcome>;
}

/** What every operation stands on. */
export interface Ground {
  readonly engine: Engine;
  /** The host's packet filter, found once. */
  filter(): Promise<PacketFilter>;
  /** Brings containers back to their networks, those of all operations in one order. */
  readonly bringBack: BringBack;
  /** Begins the names of everything this operation makes: `FIREDRILL-` and 8 hexadecimal digits of run, fault and place. */
  readonly tag: string;
  /** In arming, takes a name (of a network namespace, say) for this container; throws where another container of the same fault has it. */
  takeAlone(name: string): void;
  /** False only when it is known that inject was never begun. */
  mayHaveTouched(): boolean;
  /** Writes down, on the agent's disk, what the undo needs and cannot look up afterwards; before inject touches anything. */
  remember(found: string): void;
  /** What was written down last, also by the agent that died; undefined where nothing was, or where it is lost. */
  found(): string | undefined;
  /** True where what was written down cannot be read, so that nothing found does not mean nothing done. */
  memoryIsLost(): boolean;
  /** Writes down the name of a keepsake that the engine is being asked to make; undefined when it is there. */
  rememberComing(keepsake: string | undefined): void;
  /** The name of one that may still be coming, also for the agent that died; undefined where none is. */
  comingKeepsake(): string | undefined;
}

/** Waits, and says whether the time passed (true) or the signal aborted first. */
export function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const stop = () => {
      clearTimeout(timeout);
      resolve(false);
    };
    const timeout = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve(true);
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}

/**
 * Looks again and again until it has seen enough or the signal aborts, and answers with the last look. One that the abort cut
 * short does not count; undefined where there was no other.
 */
export async function lookUntil<Seen>(
  look: () => Promise<Seen>,
  enough: (seen: Seen) => boolean,
  { everyMs, signal }: { readonly everyMs: number; readonly signal: AbortSignal },
): Promise<Seen | undefined> {
  let last: Seen | undefined;
  do {
    try {
      last = await look();
    } catch (error) {
      if (signal.aborted) return last;
      throw error;
    }
    if (enough(last)) return last;
  } while (await pause(everyMs, signal));
  return last;
}
