/** A container as a fault sees it while planning, for tests without Docker. */
import type { Target } from '../../runners/faults/fault.ts';

export function plannedTarget(name: string, ...addresses: string[]): Target {
  return { id: `id-${name}`, name, service: name, project: 'p', labels: {}, image: 'i', state: 'running', addresses, persistent: false };
}
