/** What a mechanism counted of the packets that it took, for tests of proofs: nothing, but for what is given. */
import type { Counted } from '../../runners/agent/impair-mechanism.ts';

export function counted(packets: Partial<Counted>): Counted {
  const passedBytes = { in: 0, out: 0 };
  const none = {
    takenOff: 0,
    taken: 0,
    passed: 0,
    passedBytes,
    held: 0,
    peakBytes: 0,
    released: 0,
    overflowed: 0,
    meanHoldMs: 0,
    told: undefined,
  };
  return { ...none, ...packets };
}
