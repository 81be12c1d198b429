import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faults } from '../../runners/faults/index.ts';
import { drawFrom } from './draw.ts';
import { drawRound, experimentOf, VICTIMS } from './draw-round.ts';
import { GENERATORS, rolesFor, settingsFor } from './generators.ts';
import { SYSTEMS, systemOf } from './systems/index.ts';

/** Keys of the step, which the fault does not see. */
const STEP = new Set(['consent', 'irreversible']);
const NAMES = faults.map((fault) => fault.name);
const small = systemOf('small');

for (const fault of faults) {
  test(`${fault.name} is tortured, with settings that are valid on every part that it is aimed at`, () => {
    const generator = GENERATORS[fault.name];
    assert.ok(generator, 'it needs a line in test/torture/generators.ts');
    assert.equal(generator.lasting, fault.lasting);
    const aimedAt = SYSTEMS.flatMap(({ parts }) => rolesFor(fault.name, parts).flatMap((role) => parts[role] ?? []));
    assert.ok(aimedAt.length > 0, 'no part of any system can suffer it');
    for (const part of aimedAt) {
      for (let count = 0; count < 20; count += 1) {
        const settings = Object.entries(settingsFor(fault.name, drawFrom(fault.name, count), part)).filter(([key]) => !STEP.has(key));
        const parsed = fault.settings.safeParse(Object.fromEntries(settings));
        assert.ok(parsed.success, `${JSON.stringify(settings)}: ${parsed.error?.message}`);
      }
    }
  });
}

test('a round is the same whenever it is drawn, and another seed, round or attempt is another', () => {
  for (const system of SYSTEMS) {
    const drawn = (seed: number, round: number, attempt = 0) =>
      experimentOf(drawRound({ seed, round, attempt }, system, VICTIMS, NAMES), system);
    assert.equal(drawn(7, 3), drawn(7, 3));
    assert.notEqual(drawn(7, 3), drawn(8, 3));
    assert.notEqual(drawn(7, 3), drawn(7, 4));
    assert.notEqual(drawn(7, 3), drawn(7, 3, 1));
  }
});

test('every victim falls within as many rounds as there are victims', () => {
  const victims = VICTIMS.map((_, round) => drawRound({ seed: 5, round, attempt: 0 }, small, VICTIMS, NAMES).victim);
  assert.deepEqual(new Set(victims), new Set(VICTIMS));
});

test('a part is never drawn for a fault that it would not come back from', () => {
  const fabric = systemOf('fabric');
  assert.ok(rolesFor('container-remove', fabric.parts).includes('replica'));
  assert.ok(!rolesFor('container-remove', fabric.parts).includes('primary'));
});

test('whom a part talks to is a part, and what it can suffer is a fault', () => {
  for (const { parts } of SYSTEMS) {
    for (const { talksTo, suffers, spared = [] } of Object.values(parts)) {
      for (const role of talksTo) assert.ok(parts[role], role);
      for (const fault of [...Object.keys(suffers), ...spared]) assert.ok(NAMES.includes(fault), fault);
    }
  }
});
