/**
 * `npm run torture`: rounds of random experiments with a random blow each, and a checker that knows nothing of firedrill.
 *
 *   npm run torture -- --rounds 200 --seed 1 [--ground fabric] [--from K] [--round K] [--out test/torture/rounds.ndjson]
 *   npm run torture -- --repeat test/torture/rounds.ndjson --seed S --round K      as it was drawn then, whatever faults there are by now
 *   npm run torture -- --sum                                                        sums up the committed rounds in docs/torture.md
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { fillSections } from '../../experiments/language/reference.ts';
import { figuresOf } from './figures.ts';
import { openGround } from './open-ground.ts';
import { differencesSettled, playRound } from './play-round.ts';
import { readRounds } from './rounds.ts';
import { systemOf } from './systems/index.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    /** `small` or `fabric`; a repeated round is played where it was. */
    ground: { type: 'string' },
    /** The first of them. */
    from: { type: 'string', default: '0' },
    /** Only this one. */
    round: { type: 'string' },
    /** A file that has the round as it was drawn. */
    repeat: { type: 'string' },
    /** Where each round's line goes, besides standard output. */
    out: { type: 'string' },
    /** Plays nothing; writes the figures of the rounds in rounds.ndjson. */
    sum: { type: 'boolean', default: false },
  },
});
if (values.sum) {
  const page = new URL('../../docs/torture.md', import.meta.url);
  const figures = figuresOf(readRounds(new URL('rounds.ndjson', import.meta.url)));
  writeFileSync(page, fillSections(readFileSync(page, 'utf8'), { torture: figures }));
  process.exit(0);
}
const seed = Number(values.seed);
const numbers =
  values.round === undefined
    ? Array.from({ length: Number(values.rounds) }, (_, index) => Number(values.from) + index)
    : [Number(values.round)];

const lines = (values.repeat === undefined ? [] : readRounds(values.repeat)).filter(
  (each) => each.seed === seed && (values.ground === undefined || each.ground === values.ground),
);
const drawnBefore = (round: number) => lines.find((each) => each.round === round);
const first = drawnBefore(numbers[0] ?? 0);
if (values.repeat !== undefined && !first) throw new Error(`${values.repeat} has no round ${numbers[0]} of seed ${seed}`);

const ground = await openGround(systemOf(first?.ground ?? values.ground ?? 'small'), (text) => process.stderr.write(`${text}\n`));
let played = 0;
let failed = 0;
let stopped = false;
// The engine is taken down in any case.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    process.stderr.write(`${signal}: this round is the last\n`);
    stopped = true;
  });
}
try {
  for (const round of numbers) {
    if (stopped) break;
    const drawn = drawnBefore(round);
    const result = await playRound(drawn ?? { seed, round }, ground);
    const line = `${JSON.stringify({ ...result, ...(drawn ? { repeated: true } : {}) })}\n`;
    process.stdout.write(line);
    if (values.out !== undefined) await appendFile(values.out, line);
    played += 1;
    if (result.left.length + result.broken.length > 0) failed += 1;
    // What is left would be counted again in every round after it.
    if (result.left.length > 0) break;
  }
  const atLast = await differencesSettled(ground);
  if (atLast.length > 0) failed += 1;
  process.stderr.write(atLast.map((line) => `after the last round: ${line}\n`).join(''));
} finally {
  await ground.close();
}
process.stderr.write(`${played} rounds of seed ${seed}, ${failed} with something left or late\n`);
process.exit(failed === 0 ? 0 : 1);
