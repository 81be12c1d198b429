/** Chance that can be repeated: the same seed and round give the same draws, in the same order. */
import { createHash } from 'node:crypto';

export interface Draw {
  /** From 0 up to 1. */
  fraction(): number;
  /** A whole number from `least` to `most`. */
  whole(least: number, most: number): number;
  oneOf<Item>(items: readonly Item[]): Item;
  chance(share: number): boolean;
}

export function drawFrom(...seed: readonly (string | number)[]): Draw {
  let count = 0;
  const fraction = () => {
    count += 1;
    return (
      createHash('sha256')
        .update([...seed, count].join('/'))
        .digest()
        .readUInt32BE(0) /
      2 ** 32
    );
  };
  const whole = (least: number, most: number) => least + Math.floor(fraction() * (most - least + 1));
  return {
    fraction,
    whole,
    oneOf(items) {
      const item = items[whole(0, items.length - 1)];
      if (item === undefined) throw new Error('there is nothing to draw from');
      return item;
    },
    chance: (share) => fraction() < share,
  };
}
