/** Reads and writes that show how fast a throttled disk still is: how much, and what their time says. Pure. */
import type { DiskRates } from './cgroup-limits.ts';

/** What a canary takes at the asked rate, and the most that it moves: a fast limit shows in less time. */
const CANARY_S = 1;
const CANARY_BYTES_MAX = 64 * 1024 * 1024;
const CANARY_OPERATIONS_MAX = 5_000;
const BLOCK_BYTES_MIN = 4096;
const BLOCK_BYTES_MAX = 256 * 1024;
const BLOCKS_A_CANARY = 16;
/** The first slice of time is free. */
const OF_EXPECTED_MIN = 0.6;
/** Beside the same act outside of the control group. */
const SLOWER_MIN = 2;

export interface Canary {
  readonly key: keyof DiskRates;
  readonly act: 'read' | 'write';
  readonly bytes: number;
  readonly blockBytes: number;
  /** How long it takes at the rate, at least. */
  readonly expectedMs: number;
}

/** One for each rate that is asked for. */
export function canariesOf(rates: DiskRates): readonly Canary[] {
  return (['rbps', 'wbps', 'riops', 'wiops'] as const).flatMap((key) => {
    const rate = rates[key];
    if (rate === undefined) return [];
    const act = key.startsWith('r') ? 'read' : 'write';
    if (key.endsWith('iops')) {
      const operations = Math.min(Math.max(BLOCKS_A_CANARY, rate * CANARY_S), CANARY_OPERATIONS_MAX);
      return [
        { key, act, bytes: operations * BLOCK_BYTES_MIN, blockBytes: BLOCK_BYTES_MIN, expectedMs: (operations / rate) * 1000 } as const,
      ];
    }
    const wanted = Math.min(rate * CANARY_S, CANARY_BYTES_MAX);
    const blockBytes = Math.min(BLOCK_BYTES_MAX, Math.max(BLOCK_BYTES_MIN, aligned(wanted / BLOCKS_A_CANARY)));
    const bytes = Math.max(blockBytes * BLOCKS_A_CANARY, Math.floor(wanted / blockBytes) * blockBytes);
    return [{ key, act, bytes, blockBytes, expectedMs: (bytes / rate) * 1000 } as const];
  });
}

/** How long an act took in the control group. */
export interface Inside {
  readonly ms: number;
  /** False where it had not ended by then: what the target itself asks of its disk is ahead of it in the line. */
  readonly ended: boolean;
}

/** The same act took `outsideMs` outside of the control group. `perSecond` is an upper bound where it did not end in it. */
export function judgeCanary({ key, act, bytes, blockBytes, expectedMs }: Canary, outsideMs: number, inside: Inside) {
  const { ms: insideMs, ended } = inside;
  const took = `${ended ? 'took' : 'had not ended after'} ${Math.round(insideMs)} ms in its control group and`;
  const evidence = `a ${act} of ${bytes / 1024} KiB in blocks of ${blockBytes / 1024} KiB ${took} ${ended ? '' : 'took '}${Math.round(outsideMs)} ms outside`;
  const proven = insideMs >= OF_EXPECTED_MIN * expectedMs && insideMs >= SLOWER_MIN * outsideMs;
  return { proven, evidence, perSecond: ((key.endsWith('iops') ? bytes / blockBytes : bytes) / insideMs) * 1000 };
}

function aligned(bytes: number): number {
  return Math.floor(bytes / BLOCK_BYTES_MIN) * BLOCK_BYTES_MIN;
}
