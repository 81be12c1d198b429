import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { describePick, pickTargets } from '../../../runners/docker/pick.ts';
import { FiredrillError } from '../../../runners/failure.ts';
import { exampleTarget } from '../../helpers/example-run.ts';

const ten = Array.from({ length: 10 }, (_, index) => exampleTarget(`web-${index}`));
const namesOf = (pick: Parameters<typeof pickTargets>[1], seed: number, candidates = ten) =>
  pickTargets('webs', pick, candidates, seed).map((each) => each.name);

describe('drawing', () => {
  test('the same seed draws the same containers, whatever order the engine lists them in', () => {
    const drawn = namesOf({ count: 3 }, 7);
    assert.equal(drawn.length, 3);
    assert.deepEqual(namesOf({ count: 3 }, 7, ten.toReversed()).toSorted(), drawn);
  });

  test('over many seeds every container is drawn about as often', () => {
    const times = new Map<string, number>();
    for (let seed = 0; seed < 2000; seed += 1) for (const name of namesOf({ count: 1 }, seed)) times.set(name, (times.get(name) ?? 0) + 1);
    assert.equal(times.size, 10);
    // 200 expected, standard deviation 13.4: five of them.
    for (const [name, count] of times) assert.ok(Math.abs(count - 200) < 67, `${name}: ${count}`);
  });

  test('one that joins takes the place of one at most', () => {
    const before = namesOf({ count: 4 }, 3);
    const after = namesOf({ count: 4 }, 3, [...ten, exampleTarget('web-new')]);
    assert.ok(before.filter((name) => !after.includes(name)).length <= 1);
  });

  test('a share is rounded down, and is one at least', () => {
    assert.equal(namesOf({ share: 0.39 }, 1).length, 3);
    assert.equal(namesOf({ share: 0.01 }, 1).length, 1);
    assert.equal(namesOf({ share: 1 }, 1).length, 10);
    assert.equal(namesOf('all', 1).length, 10);
  });

  test('more than there are is refused, with both figures', () => {
    assert.throws(
      () => namesOf({ count: 11 }, 1),
      (error) => error instanceof FiredrillError && error.exitCode === 7 && error.message.includes('11 of 10'),
    );
  });

  test('it is told as it was written', () => {
    assert.deepEqual([{ count: 1 }, { share: 0.3 }, { share: 0.125 }, 'all' as const].map(describePick), ['1', '30%', '12.5%', 'all']);
  });
});
