/** Which of a container's processes a fault means: by name or by command line, never the first one, and of those some. Pure. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { z } from 'zod';
import type { Process } from './processes.ts';

/** Whom to choose; one of `name` and `pattern` is given. */
export const processChoice = z.object({
  name: z.string().exactOptional(),
  /** A regular expression on the whole command line. */
  pattern: z.string().exactOptional(),
  pick: z.union([z.literal('all'), z.object({ count: z.int().min(1) }), z.object({ share: z.number().gt(0).max(1) })]),
  seed: z.number(),
});
export type ProcessChoice = Readonly<z.output<typeof processChoice>>;

/** The kernel keeps no more of a process's name. */
const NAME_CHARACTERS_MAX = 15;

/** Those that match, without the container's first one: to end that is to end the container. */
export function matching(processes: readonly Process[], firstPid: number, { name, pattern }: ProcessChoice): readonly Process[] {
  const expression = pattern === undefined ? undefined : new RegExp(pattern);
  return processes.filter((each) => {
    if (each.pid === firstPid) return false;
    if (expression) return expression.test(each.command.join(' '));
    return name !== undefined && isCalled(each, name);
  });
}

/** By the kernel's name for it, or by the last part of the path of its program. */
export function isCalled({ name, command }: Process, asked: string): boolean {
  return name === asked.slice(0, NAME_CHARACTERS_MAX) || basename(command[0] ?? '') === asked;
}

/** Of those that match, as many as are picked; the same seed and the same numbers inside the container draw the same ones. */
export function drawn(processes: readonly Process[], { pick, seed }: ProcessChoice): readonly Process[] {
  if (pick === 'all') return processes;
  const count = 'count' in pick ? pick.count : Math.max(1, Math.floor(processes.length * pick.share));
  const lot = ({ insidePid }: Process) => createHash('sha256').update(`${seed}/${insidePid}`).digest('hex');
  return processes.toSorted((one, other) => (lot(one) < lot(other) ? -1 : 1)).slice(0, count);
}
