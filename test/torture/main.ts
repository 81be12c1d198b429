/**
 * `npm run torture`: rounds of random experiments with a random blow each, and a checker that knows nothing of firedrill.
 *
 *   npm run torture -- --rounds 200 --seed 1 [--from K] [--round K] [--out test/torture/rounds.ndjson]
 *   npm run torture -- --repeat test/torture/rounds.ndjson --seed S --round K      as it was drawn then, whatever faults there are by now
 */
import { readFileSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { openGround } from './open-ground.ts';
import { playRound, type RoundResult } from './play-round.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    /** The first of them. */
    from: { type: 'string', default: '0' },
    /** Only this one. */
    round: { type: 'string' },
    /** A file that has the round as it was drawn. */
    repeat: { type: 'string' },
    /** Where each round's line goes, besides standard output. */
    out: { type: 'string' },
  },
});
const seed = Number(values.seed);
const numbers =
  values.round === undefined
    ? Array.from({ length: Number(values.rounds) }, (_, index) => Number(values.from) + index)
    : [Number(values.round)];

const lines = values.repeat === undefined ? [] : readFileSync(values.repeat, 'utf8').trim().split('\n');
const drawn = (round: number): RoundResult | undefined =>
  lines.map((line) => JSON.parse(line)).find((each) => each.round === round && each.seed === seed);

const ground = await openGround((text) => process.stderr.write(`${text}\n`));
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
  const before = await ground.look();
  for (const round of numbers) {
    if (stopped) break;
    const result = await playRound(drawn(round) ?? { seed, round }, ground, before);
    const line = `${JSON.stringify(result)}\n`;
    process.stdout.write(line);
    if (values.out !== undefined) await appendFile(values.out, line);
    if (result.left.length + result.broken.length > 0) failed += 1;
    // What is left would be counted again in every round after it.
    if (result.left.length > 0) break;
  }
} finally {
  await ground.close();
}
process.stderr.write(`${numbers.length} rounds of seed ${seed}, ${failed} with something left or late\n`);
process.exit(failed === 0 ? 0 : 1);
