/** "Did you mean": the nearest of the words that would have been right. */

/** Longer words are not compared, nor more candidates: a suggestion is worth no more time. */
const WORD_LENGTH_MAX = 64;
const CANDIDATES_MAX = 200;
/** Candidates listed at most where none is near. */
const CANDIDATES_SHOWN_MAX = 20;

/**
 * Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours, each once.
 * Boytsov, Indexing Methods for Approximate Dictionary Searching (2011), section 2.
 */
export function editDistance(left: string, right: string): number {
  let before: number[] = [];
  let above = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1];
      const costs = [(above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (above[column - 1] ?? 0) + (same ? 0 : 1)];
      if (left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]) costs.push((before[column - 2] ?? Infinity) + 1);
      current.push(Math.min(...costs));
    }
    before = above;
    above = current;
  }
  return above[right.length] ?? 0;
}

/** The candidate nearest to a word, in any case of letters; undefined when none is within a third of its length. */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > WORD_LENGTH_MAX) return undefined;
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates.slice(0, CANDIDATES_MAX)) {
    const limit = Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 3));
    if (candidate.length > WORD_LENGTH_MAX || Math.abs(candidate.length - word.length) > limit) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance <= limit && distance < (best?.distance ?? Infinity)) best = { candidate, distance };
  }
  return best?.candidate;
}

/** The hint for a word that is none of the candidates: the nearest one, else all of them. */
export function suggest(word: string, candidates: readonly string[]): string | undefined {
  const near = closest(word, candidates);
  if (near !== undefined) return `did you mean '${near}'?`;
  const shown = candidates.slice(0, CANDIDATES_SHOWN_MAX).join(', ');
  if (candidates.length > CANDIDATES_SHOWN_MAX) return `one of: ${shown} and ${candidates.length - CANDIDATES_SHOWN_MAX} more`;
  return candidates.length === 0 ? undefined : `one of: ${shown}`;
}
