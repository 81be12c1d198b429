/** Which requests are hit: those that match, and of them a seeded share. Pure. */
import { z } from 'zod';
import type { RequestHead } from './head.ts';

/** All that is given must hold. Paths are matched without their query. */
export const matchShape = z.object({
  /** In capitals; empty means any. */
  methods: z.array(z.string()).readonly(),
  /** A glob: `*` is any run of characters. */
  path: z.string().exactOptional(),
  /** A regular expression that is found somewhere in the path. */
  pathRegex: z.string().exactOptional(),
  /** Globs by name in lower case. */
  headers: z.record(z.string(), z.string()),
});

/** Says of a request whether it matches. */
export function matcher(match: z.output<typeof matchShape>): (request: RequestHead) => boolean {
  const { methods, path, pathRegex } = match;
  const regex = pathRegex === undefined ? undefined : new RegExp(pathRegex);
  const headers = Object.entries(match.headers);
  return (request) =>
    (methods.length === 0 || methods.includes(request.method)) &&
    (path === undefined || fits(path, request.path)) &&
    (regex === undefined || regex.test(request.path)) &&
    headers.every(([name, glob]) => fits(glob, request.headers.get(name)));
}

/** True where the text is the glob's from end to end; in time that grows with their lengths, whatever the glob. */
export function fits(glob: string, text: string | undefined): boolean {
  if (text === undefined) return false;
  let at = 0;
  let place = 0;
  let star = -1;
  let resume = 0;
  while (place < text.length) {
    if (glob[at] === '*') {
      star = at++;
      resume = place;
    } else if (at < glob.length && glob[at] === text[place]) {
      at += 1;
      place += 1;
    } else if (star >= 0) {
      at = star + 1;
      place = ++resume;
    } else return false;
  }
  return /^\**$/.test(glob.slice(at));
}

/** Chance that repeats: numbers from 0 up to, but not, 1. mulberry32, by Tommy Ettinger, in the public domain. */
export function seededChance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
