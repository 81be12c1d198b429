/** Chance that repeats: the same seed and text give the same number, on every machine. */
import { createHash } from 'node:crypto';

/** 32 bits. */
const SEEDS = 2 ** 32;

/** A number from 0 up to, but not, 1; evenly spread over texts. */
export function fractionOf(seed: number, text: string): number {
  return createHash('sha256').update(`${seed}:${text}`).digest().readUInt32BE(0) / SEEDS;
}

/** A seed of its own for whatever draws by itself. */
export function seedOf(seed: number, text: string): number {
  return Math.floor(fractionOf(seed, text) * SEEDS);
}
