/** The operations there are, a line each. */
import { z } from 'zod';
import { blackout } from './blackout.ts';
import { call } from './call.ts';
import { command } from './command.ts';
import { connectionHog } from './connection-hog.ts';
import { cpuStress } from './cpu-stress.ts';
import { cpuThrottle } from './cpu-throttle.ts';
import { descriptorHog } from './descriptor-hog.ts';
import { disconnect } from './disconnect.ts';
import { diskFill } from './disk-fill.ts';
import { dns } from './dns.ts';
import { engineCall } from './engine.ts';
import { evict } from './evict.ts';
import { freeze } from './freeze.ts';
import { hold } from './hold.ts';
import { http } from './http.ts';
import { impair } from './impair.ts';
import { ioStress } from './io-stress.ts';
import { ioThrottle } from './io-throttle.ts';
import { lock } from './lock.ts';
import { memoryLimit } from './memory-limit.ts';
import { memoryPressure } from './memory-pressure.ts';
import { noop } from './noop.ts';
import type { OperationKind } from './operation.ts';
import { processKill } from './process-kill.ts';
import { remove } from './remove.ts';
import { replay } from './replay.ts';
import { reset } from './reset.ts';
import { restart } from './restart.ts';
import { script } from './script.ts';
import { signal } from './signal.ts';
import { skew } from './skew.ts';

const kinds = [
  blackout,
  reset,
  disconnect,
  impair,
  engineCall,
  remove,
  restart,
  signal,
  evict,
  freeze,
  lock,
  hold,
  replay,
  call,
  skew,
  script,
  command,
  processKill,
  connectionHog,
  descriptorHog,
  http,
  cpuStress,
  cpuThrottle,
  diskFill,
  ioStress,
  ioThrottle,
  memoryLimit,
  memoryPressure,
  dns,
  noop,
] as const;

export const operationShape = z.discriminatedUnion('op', [kinds[0].shape, ...kinds.slice(1).map((kind) => kind.shape)]);

export type Operation = z.output<(typeof kinds)[number]['shape']>;

/** The kind of an operation. Throws for one that is not in the list. */
export function kindOf({ op }: { readonly op: string }): OperationKind {
  const kind = kinds.find((each) => each.op === op);
  if (!kind) throw new Error(`there is no operation '${op}'`);
  return kind;
}
