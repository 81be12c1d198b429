/** Every system that is tortured, by the name that a round is recorded with. */
import { fabric } from './fabric.ts';
import { small } from './small.ts';
import type { TortureSystem } from './system.ts';

export const SYSTEMS: readonly TortureSystem[] = [small, fabric];

/** Throws, naming those there are. */
export function systemOf(name: string): TortureSystem {
  const found = SYSTEMS.find((each) => each.name === name);
  if (!found) throw new Error(`there is no system '${name}' to torture; there are ${SYSTEMS.map((each) => each.name).join(', ')}`);
  return found;
}
