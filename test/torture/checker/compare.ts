/** Two snapshots compared, section by section; what differs is told as lines that went (-) and lines that came (+). Pure. */
import type { Sections } from './look/asked.ts';
import { normalise } from './normalise.ts';

/** Lines told of one section at most. */
const LINES_TOLD_MAX = 30;

/** Empty where nothing differs. The order of lines counts, as it does for packet rules. */
export function compare(before: Sections, after: Sections): readonly string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => {
    const [was, is] = [before[name], after[name]];
    if (was === undefined) return meansNothing(name, is) ? [] : [`${name}: + could be looked at only after`];
    if (is === undefined) return meansNothing(name, was) ? [] : [`${name}: - could be looked at only before`];
    return differences(normalise(name, was), normalise(name, is)).map((line) => `${name}: ${line}`);
  });
}

/** A container that has stopped has no section of what was in it; its state tells it. */
function meansNothing(name: string, lines: readonly string[] | undefined): boolean {
  return normalise(name, lines ?? []).length === 0;
}

function differences(was: readonly string[], is: readonly string[]): readonly string[] {
  if (was.length === is.length && was.every((line, index) => line === is[index])) return [];
  const gone = without(was, is).map((line) => `- ${line}`);
  const came = without(is, was).map((line) => `+ ${line}`);
  const told = [...gone, ...came];
  if (told.length === 0) return ['the same lines in another order'];
  const more = told.length - LINES_TOLD_MAX;
  return more > 0 ? [...told.slice(0, LINES_TOLD_MAX), `… and ${more} more`] : told;
}

/** The lines of one that the other has not, or not as often. */
function without(lines: readonly string[], others: readonly string[]): readonly string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}
