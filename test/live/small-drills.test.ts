/** The drills on small systems of their own: a rollout with a canary, and nodes with heartbeats. */
import { after, before, describe } from 'node:test';
import { bringUp, type TwoWays, takeDown, testBothWays } from '../helpers/both-ways.ts';

const SYSTEMS: Readonly<Record<string, readonly TwoWays[]>> = {
  'rollout/compose.yaml': [{ file: 'canary.yaml', protection: 'rolled-back', variable: 'ROLLOUT_GUARD' }],
  'heartbeats/compose.yaml': [
    { file: 'heartbeats.yaml', protection: 'nobody-writes-out-of-turn', variable: 'HEARTBEAT_FENCING' },
    { file: 'heartbeats.yaml', variant: 'hasty', protection: 'a-hiccup-is-no-death', variable: 'HEARTBEAT_MISSES' },
  ],
};

for (const [compose, drills] of Object.entries(SYSTEMS)) {
  describe(compose, () => {
    before(() => bringUp(compose));
    after(() => takeDown(compose));
    testBothWays(drills);
  });
}
