/** The file of rounds: a line of JSON each, in the order in which they were played. */
import { type PathLike, readFileSync } from 'node:fs';
import type { RoundResult } from './play-round.ts';

export function readRounds(file: PathLike): readonly RoundResult[] {
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}
