/** Drawing some of the containers that match: the same seed, target and names draw the same containers, on every machine. */
import type { Pick } from '../../experiments/language/experiment.ts';
import { EXIT, FiredrillError } from '../failure.ts';
import type { Target } from '../faults/fault.ts';
import { fractionOf } from '../faults/seeded.ts';

/** As it is written in the file. */
export function describePick(pick: Pick): string {
  if (pick === 'all') return 'all';
  return 'count' in pick ? String(pick.count) : `${Number((pick.share * 100).toFixed(4))}%`;
}

/**
 * The containers drawn, in the order of the candidates. Each container's lot depends on its own name alone, so that one that joins or leaves
 * does not reshuffle the others. Throws FiredrillError `too-few-candidates` (exit 7) where there are fewer than asked for.
 */
export function pickTargets(name: string, pick: Pick, candidates: readonly Target[], seed: number): readonly Target[] {
  if (pick === 'all') return candidates;
  const count = 'count' in pick ? pick.count : Math.max(1, Math.floor(candidates.length * pick.share));
  if (count > candidates.length) {
    throw new FiredrillError('too-few-candidates', `The target '${name}' picks ${count} of ${candidates.length} containers.`, {
      hint: `Pick at most ${candidates.length}, or write: pick: all`,
      exitCode: EXIT.groundUnfit,
    });
  }
  const lots = new Map(candidates.map((each) => [each, fractionOf(seed, `pick/${name}/${each.name}`)]));
  const drawn = new Set(candidates.toSorted((one, other) => (lots.get(one) ?? 0) - (lots.get(other) ?? 0)).slice(0, count));
  return candidates.filter((each) => drawn.has(each));
}
