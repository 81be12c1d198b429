/** The torture in short: a round for each of the deaths that firedrill promises to survive; `npm run torture` has all of them. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { VICTIMS, type Victim } from '../torture/draw-round.ts';
import { type OpenGround, openGround } from '../torture/open-ground.ts';
import { differencesSettled, playRound } from '../torture/play-round.ts';
import { systemOf } from '../torture/systems/index.ts';

const SEED = 11;
const SHORT: readonly Victim[] = ['runner', 'agent', 'runner-and-agent', 'helper', 'target', 'cut-off'];

let ground: OpenGround;

before(async () => {
  ground = await openGround(systemOf('small'), () => {});
});

after(() => ground?.close());

for (const victim of SHORT) {
  // The round's number decides its victim.
  const round = (VICTIMS.indexOf(victim) - (SEED % VICTIMS.length) + VICTIMS.length) % VICTIMS.length;
  test(`nothing is left when the blow falls on: ${victim} (seed ${SEED}, round ${round})`, async (t) => {
    const result = await playRound({ seed: SEED, round }, ground);
    assert.equal(result.victim, victim);
    t.diagnostic(
      `${result.blow}, ${result.afterMs} ms after the ${result.after}; ${result.faults.map(({ fault, target }) => `${fault} on ${target}`).join(', ')}; ${result.runner}`,
    );
    assert.deepEqual(result.left, []);
    assert.deepEqual(result.broken, []);
  });
}

test('nothing is left after all of them', async () => {
  assert.deepEqual(await differencesSettled(ground), []);
});
