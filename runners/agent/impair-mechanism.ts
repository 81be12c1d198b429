/** The one interface that netem and NFQUEUE stand behind: the packets of one operation's channel, impaired in one container. */
import type { Network } from './whereabouts.ts';

export interface BytesByWay {
  readonly in: number;
  readonly out: number;
}

/** Packets since it was set. Undefined is what a mechanism does not count. */
export interface Counted {
  /** That matched the channel, and that went on, by the kernel's own counters. */
  readonly taken: number;
  readonly passed: number;
  /** `taken` may be off by so many, which came while it was counted. */
  readonly takenOff: number;
  /** Of those that went on, by direction. */
  readonly passedBytes: BytesByWay;
  /** That wait now. */
  readonly held: number;
  /** That waited and were let go, after `meanHoldMs` on average. */
  readonly released: number;
  readonly meanHoldMs: number;
  /** Let go early, because more was held than the buffer may hold; or lost for it. */
  readonly overflowed: number;
  readonly peakBytes: number;
  /** By the mechanism's own account; undefined where it keeps none. */
  readonly told: { readonly dropped: number; readonly garbled: number; readonly doubled: number; readonly late: number } | undefined;
}

export interface Mechanism {
  readonly name: 'netem' | 'nfqueue';
  /** Everything slow. Throws where this host, or this container's network as others have set it up, does not allow it. */
  prepare(network: Network, signal: AbortSignal): Promise<void>;
  /** The act; resolves with when it was in force. */
  set(network: Network, signal: AbortSignal): Promise<bigint>;
  /** Throws where it is not at work any more. */
  counted(network: Network, signal: AbortSignal): Promise<Counted>;
  /** Starts what will take it away, once it is proven. */
  prepareRemoval(network: Network): void;
  /** Lets go what is held, in order, where that can be done ahead of taking it away; with the last count, or why there is none. */
  letGo(): Promise<Counted | string>;
  /** Takes away what is ours, whoever set it; undefined where no process of the container runs any more. */
  remove(network: Network | undefined, signal: AbortSignal): Promise<bigint | undefined>;
  /** Throws when anything of ours is left; says what was looked at. */
  readBack(network: Network | undefined, signal: AbortSignal): Promise<string>;
  /** Ends what was prepared, where nothing was set. */
  drop(): void;
}
