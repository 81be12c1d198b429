/** The faults there are, a line each, in the order in which they are listed. */
import { cacheEvict } from './cache-evict.ts';
import { cacheFreeze } from './cache-freeze.ts';
import { clockSkew } from './clock-skew.ts';
import { connectionHog } from './connection-hog.ts';
import { containerKill } from './container-kill.ts';
import { containerPause } from './container-pause.ts';
import { containerRemove } from './container-remove.ts';
import { containerRestart } from './container-restart.ts';
import { containerStop } from './container-stop.ts';
import { cpuStress } from './cpu-stress.ts';
import { cpuThrottle } from './cpu-throttle.ts';
import { cronSync } from './cron-sync.ts';
import { dbConnections } from './db-connections.ts';
import { dbLock } from './db-lock.ts';
import { descriptorHog } from './descriptor-hog.ts';
import { diskFill } from './disk-fill.ts';
import { dnsFailure } from './dns-failure.ts';
import type { Fault } from './fault.ts';
import { httpCall } from './http-call.ts';
import { httpFault } from './http-fault.ts';
import { ioStress } from './io-stress.ts';
import { ioThrottle } from './io-throttle.ts';
import { memoryLimit } from './memory-limit.ts';
import { memoryPressure } from './memory-pressure.ts';
import { networkBandwidth } from './network-bandwidth.ts';
import { networkBlackout } from './network-blackout.ts';
import { networkCorrupt } from './network-corrupt.ts';
import { networkDisconnect } from './network-disconnect.ts';
import { networkDuplicate } from './network-duplicate.ts';
import { networkLatency } from './network-latency.ts';
import { networkLoss } from './network-loss.ts';
import { networkPartition } from './network-partition.ts';
import { networkReorder } from './network-reorder.ts';
import { networkReset } from './network-reset.ts';
import { noop } from './noop.ts';
import { processKill } from './process-kill.ts';
import { replicationPause } from './replication-pause.ts';
import { script } from './script.ts';

export const faults: readonly Fault[] = [
  networkBlackout,
  networkPartition,
  networkReset,
  networkDisconnect,
  networkLatency,
  networkLoss,
  networkCorrupt,
  networkDuplicate,
  networkReorder,
  networkBandwidth,
  dnsFailure,
  httpFault,
  containerKill,
  containerStop,
  containerPause,
  containerRestart,
  containerRemove,
  processKill,
  connectionHog,
  descriptorHog,
  cpuStress,
  cpuThrottle,
  memoryPressure,
  memoryLimit,
  ioStress,
  ioThrottle,
  diskFill,
  clockSkew,
  cacheEvict,
  cacheFreeze,
  dbLock,
  dbConnections,
  replicationPause,
  cronSync,
  httpCall,
  script,
  noop,
];
