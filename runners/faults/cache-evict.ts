/** A cache that forgets: a share of a Redis server's keys is gone at once. */
import { z } from 'zod';
import { judgeEvery } from './evidence.ts';
import { defineFault } from './fault.ts';
import { reference } from './reference.ts';
import { seedOf } from './seeded.ts';
import { formatShare, share } from './share.ts';

const settings = z.strictObject({
  share: share().describe('How much of the keys that match: over 0% to 100%.'),
  pattern: z.string().min(1).max(1024).default('*').describe('Which keys, as Redis’ SCAN matches them.'),
  port: z.int().min(1).max(65_535).default(6379).describe('Where Redis listens inside the container.'),
});

export const cacheEvict = defineFault({
  name: 'cache-evict',
  summary: 'Evicts a share of the keys of its Redis targets at once, chosen by the run’s seed. The keys are not brought back.',
  provenBy: 'Redis’ own counts: how many keys it unlinked, how many it had before and after',
  settings,
  looks: { label: 'evicted', colour: '#b7950b', lane: 'application' },
  undoneBy: 'none',
  lasting: false,
  destroysData: true,
  plan: ({ share, pattern, port }, { targets, seed }) => ({
    operations: targets.map((target) => ({
      op: 'evict',
      container: reference(target),
      port,
      pattern,
      share,
      seed: seedOf(seed, target.name),
    })),
    effects: targets.map((target) => `${target.name}: ${formatShare(share)} of the keys that match ${pattern} are evicted`),
  }),
  judgeProof: (_settings, results) => judgeEvery(results, { evicted: 'sum', matched: 'sum' }),
});
