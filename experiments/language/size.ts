/** Sizes as Compose writes them, `64m`, `1gb`, or with the exact unit, `64MiB`: always powers of 1024. Inside firedrill a size is `{bytes}`. */
import { z } from 'zod';

export interface Size {
  readonly bytes: number;
}

const POWER: Readonly<Record<string, number>> = { b: 0, k: 1, m: 2, g: 3, t: 4 };
export const SIZE_PATTERN = /^(\d+(?:\.\d+)?)(b|[kmgt](?:i?b)?)$/i;
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** Bytes in a size text, or undefined when the text is none. */
export function parseBytes(text: string): number | undefined {
  const [, amount, unit] = text.match(SIZE_PATTERN) ?? [];
  if (amount === undefined || unit === undefined) return undefined;
  return Math.round(Number(amount) * 1024 ** (POWER[unit.charAt(0).toLowerCase()] ?? 0));
}

/** The shortest text for bytes, with one decimal at most: 67108864 → `64 MiB`. */
export function formatBytes(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  return `${Number((bytes / 1024 ** power).toFixed(1))} ${UNITS[power]}`;
}

const NOT_A_SIZE = 'is not a size; write it like 64MiB or 1g';

/** Zod schema of a size: text in, `{bytes}` out. */
export const size = z
  .string({ error: NOT_A_SIZE })
  .regex(SIZE_PATTERN, { error: NOT_A_SIZE })
  .transform((text): Size => ({ bytes: parseBytes(text) ?? 0 }))
  .meta({ id: 'size', description: 'A number of bytes, in powers of 1024: 64MiB, 512k, 1g.' });
