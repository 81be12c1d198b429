/** Assigning to names, properties and patterns. */
import type { Pattern } from 'acorn';
import { propertyName } from '../syntax.ts';
import { evaluate, join } from './evaluate.ts';
import type { Slot } from './graph.ts';
import { ObjectToken, type Place } from './tokens.ts';
import type { World } from './world.ts';

export function bindPattern(world: World, pattern: Pattern, value: Slot, place: Place): void {
  switch (pattern.type) {
    case 'Identifier':
      world.graph.flow(value, world.variable(pattern));
      return;
    case 'MemberExpression': {
      if (pattern.computed) evaluate(world, pattern.property, place);
      const receiver = pattern.object.type === 'Super' ? place.self : evaluate(world, pattern.object, place);
      world.store(receiver, propertyName(pattern.property, pattern.computed), value);
      return;
    }
    case 'AssignmentPattern':
      bindPattern(world, pattern.left, join(world, [evaluate(world, pattern.right, place), value]), place);
      return;
    case 'ArrayPattern':
      bindElements(world, pattern.elements, world.load(value, undefined, pattern), place);
      return;
    case 'RestElement':
      bindPattern(world, pattern.argument, value, place);
      return;
    case 'ObjectPattern':
      for (const property of pattern.properties) {
        if (property.type === 'RestElement') {
          bindRest(world, property.argument, value, place);
          continue;
        }
        if (property.computed) evaluate(world, property.key, place);
        bindPattern(world, property.value, world.load(value, propertyName(property.key, property.computed), property), place);
      }
  }
}

/** All elements of a list count as one, so a rest of them is a list of the same. */
function bindElements(world: World, elements: readonly (Pattern | null)[], element: Slot, place: Place): void {
  for (const pattern of elements) {
    if (pattern === null) continue;
    if (pattern.type !== 'RestElement') bindPattern(world, pattern, element, place);
    else bindPattern(world, pattern.argument, world.holding(world.createList(element)), place);
  }
}

function bindRest(world: World, pattern: Pattern, value: Slot, place: Place): void {
  const rest = new ObjectToken(false);
  world.copyInto(rest, value);
  bindPattern(world, pattern, world.holding(rest), place);
}
