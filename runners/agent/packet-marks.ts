/**
 * Bits in the mark of packets, so that several impairments work on one packet, one after the other: each sets its own
 * `done` bit on what it lets go, by which its rule lets it pass, and a `fresh` bit, which a rule counts and clears.
 */

/** On the copy of a received packet, which comes in over loopback though it came from outside; rules that spare loopback don't spare it. */
export const ARRIVED_MARK = 0x4000_0000;
/** Where the first pair of bits is; below it are those that people set by hand, and orchestrators. */
const FIRST_BIT = 16;
/** Pairs of bits up to ARRIVED_MARK: as many impairments at once in one network namespace. */
const PAIRS = 7;
const WHOLE_MARK = 0xffff_ffff;

export interface PacketMarks {
  readonly done: number;
  readonly fresh: number;
  /** Gives the bits back. */
  release(): void;
}

/** By network namespace, the pairs that this agent has taken; those armed, and not in any rule yet, among them. */
const taken = new Map<string, Set<number>>();

/**
 * Takes a pair of bits that no rule in the namespace uses. Throws where none is left. With `anew`, packets go through all
 * rules again after they were marked, so that none may set the whole mark.
 */
export function takeMarks(namespace: string, saved: string, anew = false): PacketMarks {
  const used = bitsUsed(saved, anew);
  const ours = taken.get(namespace) ?? new Set<number>();
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const [done, fresh] = [2 ** (FIRST_BIT + 2 * pair), 2 ** (FIRST_BIT + 2 * pair + 1)];
    if (ours.has(pair) || ((done | fresh) & used) !== 0) continue;
    taken.set(namespace, ours.add(pair));
    return {
      done,
      fresh,
      release() {
        ours.delete(pair);
        if (ours.size === 0 && taken.get(namespace) === ours) taken.delete(namespace);
      },
    };
  }
  throw new Error(`no bits of the packets' mark are free: ${PAIRS} impairments at once is the most, or other rules set the whole mark`);
}

/**
 * Bits of the mark that rules set or look at, from the text of iptables-save. A whole mark that is set counts only in the
 * raw table, which comes before ours and would make us take for new what we sent on; or, with `anew`, in every table.
 */
export function bitsUsed(saved: string, anew = false): number {
  let used = 0;
  for (const table of saved.split(/^(?=\*)/m)) {
    for (const [, option, value, mask] of table.matchAll(/--(mark|set-xmark|set-mark) (0x[0-9a-f]+)(?:\/(0x[0-9a-f]+))?/g)) {
      const bits = mask === undefined ? WHOLE_MARK : Number(mask);
      const sets = option !== 'mark';
      used |= bits !== WHOLE_MARK || (sets && (anew || table.startsWith('*raw'))) ? bits : Number(value);
    }
  }
  return used >>> 0;
}

/** As iptables takes it. */
export function hex(mark: number): string {
  return `0x${(mark >>> 0).toString(16)}`;
}
