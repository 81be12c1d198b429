/** The composites there are, a line each: plain data, made of the faults of the list beside them. */
import type { Composite } from '../../../experiments/language/composite.ts';
import { cacheEvictionStorm } from './cache-eviction-storm.ts';
import { dependencyBrownout } from './dependency-brownout.ts';
import { regionBlackout } from './region-blackout.ts';
import { replicationThrottling } from './replication-throttling.ts';
import { synchronizedCron } from './synchronized-cron.ts';
import { zoneDegraded } from './zone-degraded.ts';

export const composites: readonly Composite[] = [
  regionBlackout,
  replicationThrottling,
  cacheEvictionStorm,
  synchronizedCron,
  zoneDegraded,
  dependencyBrownout,
];
