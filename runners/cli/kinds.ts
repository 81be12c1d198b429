/** Every kind there is, composed here because only the command line may see all of them. */
import { compositeKind } from '../../experiments/language/composite.ts';
import type { Kinds } from '../../experiments/language/kind.ts';
import { probes } from '../../probes/index.ts';
import { composites } from '../faults/composites/index.ts';
import { faults } from '../faults/index.ts';
import { executors } from '../load/executors/index.ts';

export const kinds: Kinds = {
  faults: [...faults, ...composites.map((composite) => compositeKind(composite, faults))],
  probes,
  executors,
};
