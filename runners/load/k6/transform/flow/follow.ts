/** Follows the values of a whole script until nothing more can flow. */
import type { Program } from 'acorn';
import type { Scopes } from '../scopes.ts';
import { assumeBuiltins } from './calls.ts';
import { evaluate } from './evaluate.ts';
import { createPlace } from './places.ts';
import type { Token } from './tokens.ts';
import { World } from './world.ts';

/** Rounds of assuming the least known; each settles at least one access, and scripts take two or three. */
const ROUNDS_MAX = 1_000;

export interface Followed {
  readonly world: World;
  /** False: the script is too large, what is known of it is incomplete. */
  readonly complete: boolean;
}

export function follow(program: Program, code: string, scopes: Scopes): Followed {
  const world = new World(code, scopes);
  const top = createPlace(world, { kind: 'module', node: program });
  // An import is there before any code, wherever it stands.
  for (const statement of program.body) if (statement.type === 'ImportDeclaration') evaluate(world, statement, top);
  for (const statement of program.body) evaluate(world, statement, top);
  for (const exported of world.exports.values()) world.graph.each(exported, (token) => handOut(world, token));
  return { world, complete: solve(world) };
}

/** The host calls what is exported; a CommonJS script exports one object of all. */
function handOut(world: World, token: Token): void {
  if (token.kind === 'function') world.calledFromOutside(token);
  if (token.kind !== 'object') return;
  token.onField((_, slot) =>
    world.graph.each(slot, (inner) => {
      if (inner.kind === 'function') world.calledFromOutside(inner);
    }),
  );
}

function solve(world: World): boolean {
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    if (!world.graph.solve()) return false;
    if (world.fallBack()) continue;
    if (!assumeBuiltins(world)) return true;
  }
  return false;
}
