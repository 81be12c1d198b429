import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faults } from '../../runners/faults/index.ts';
import { drawFrom } from './draw.ts';
import { drawRound, experimentOf, VICTIMS } from './draw-round.ts';
import { GENERATORS } from './generators.ts';

/** Keys of the step, which the fault does not see. */
const STEP = new Set(['consent', 'irreversible']);

for (const fault of faults) {
  test(`${fault.name} is tortured, with settings that are valid`, () => {
    const generator = GENERATORS[fault.name];
    assert.ok(generator, 'it needs a line in test/torture/generators.ts');
    assert.equal(generator.lasting, fault.lasting);
    for (let count = 0; count < 50; count += 1) {
      const draw = drawFrom(fault.name, count);
      const settings = Object.entries(generator.settings(draw, draw.oneOf(generator.roles))).filter(([key]) => !STEP.has(key));
      const parsed = fault.settings.safeParse(Object.fromEntries(settings));
      assert.ok(parsed.success, `${JSON.stringify(settings)}: ${parsed.error?.message}`);
    }
  });
}

test('a round is the same whenever it is drawn, and another seed, round or attempt is another', () => {
  const names = faults.map((fault) => fault.name);
  const drawn = (seed: number, round: number, attempt = 0) => experimentOf(drawRound({ seed, round, attempt }, VICTIMS, names));
  assert.equal(drawn(7, 3), drawn(7, 3));
  assert.notEqual(drawn(7, 3), drawn(8, 3));
  assert.notEqual(drawn(7, 3), drawn(7, 4));
  assert.notEqual(drawn(7, 3), drawn(7, 3, 1));
});

test('every victim falls within as many rounds as there are victims', () => {
  const names = faults.map((fault) => fault.name);
  const victims = VICTIMS.map((_, round) => drawRound({ seed: 5, round, attempt: 0 }, VICTIMS, names).victim);
  assert.deepEqual(new Set(victims), new Set(VICTIMS));
});
