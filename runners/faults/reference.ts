/** A target as operations name it. */
import type { ContainerRef } from '../agent/operations/operation.ts';
import type { Target } from './fault.ts';

export function reference(target: Target): ContainerRef {
  return { id: target.id, name: target.name, ...(target.engine === undefined ? {} : { engine: target.engine }) };
}
