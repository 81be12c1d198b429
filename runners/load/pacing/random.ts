/**
 * Seeded random numbers, so that a run can be repeated: xoshiro128** of Blackman and Vigna ("Scrambled Linear
 * Pseudorandom Number Generators", ACM TOMS 47(4), 2021), its state filled by splitmix32 (the 32-bit finaliser of
 * Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014).
 */
import type { Pause } from '../../../experiments/language/pause.ts';

export interface Random {
  /** Evenly spread over 0 ≤ x < 1, in steps of 2⁻³². */
  next(): number;
}

/** The length of a pause, evenly drawn where it has two ends. */
export function drawMs({ fromMs, toMs }: Pause, random: Random): number {
  return fromMs === toMs ? fromMs : fromMs + random.next() * (toMs - fromMs);
}

/** A stream of its own for each name under one seed: two scenarios never draw the same numbers. */
export function createRandom(seed: number, name: string): Random {
  let fill = (Math.trunc(seed) ^ Math.trunc(seed / 2 ** 32) ^ hashOf(name)) | 0;
  const split = (): number => {
    fill = (fill + 0x9e3779b9) | 0;
    let mixed = fill ^ (fill >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
  let a = split();
  let b = split();
  let c = split();
  let d = split() | 1;
  return {
    next(): number {
      const scrambled = Math.imul(rotate(Math.imul(b, 5), 7), 9);
      const shifted = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= shifted;
      d = rotate(d, 11);
      return (scrambled >>> 0) / 2 ** 32;
    },
  };
}

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

/** FNV-1a, 32 bits (draft-eastlake-fnv). */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash;
}
