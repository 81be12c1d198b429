/** Functions and classes as values, and the places in which their code stands. */
import type { AnyNode } from 'acorn';
import { Slot } from './graph.ts';
import { ELEMENTS, type FunctionToken, ObjectToken, type Place, type PlaceKind } from './tokens.ts';
import type { World } from './world.ts';

export interface PlaceFacts {
  readonly kind: PlaceKind;
  readonly node: AnyNode;
  readonly asyncAt?: number | undefined;
  readonly declaredAsync?: boolean;
  readonly self?: Slot;
  readonly heritage?: Slot | undefined;
  readonly isStatic?: boolean;
  /** What `arguments` means, where that is the function around it. */
  readonly argumentsObject?: ObjectToken;
}

export function createPlace(world: World, facts: PlaceFacts): Place {
  const argumentsObject = facts.argumentsObject ?? world.createList();
  const place: Place = {
    kind: facts.kind,
    node: facts.node,
    asyncAt: facts.asyncAt,
    declaredAsync: facts.declaredAsync ?? false,
    self: facts.self ?? new Slot(),
    parameters: [],
    rest: new Slot(),
    anyParameter: new Slot(),
    argumentsObject,
    argumentsElements: argumentsObject.field(ELEMENTS),
    returns: new Slot(),
    heritage: facts.heritage,
    isStatic: facts.isStatic ?? false,
  };
  world.graph.flow(place.anyParameter, place.rest);
  world.graph.flow(place.anyParameter, place.argumentsElements);
  world.places.push(place);
  return place;
}

export function createFunctionToken(body: Place | undefined, heritage: Slot = new Slot()): FunctionToken {
  return { kind: 'function', body, properties: new ObjectToken(false), instance: new ObjectToken(false), heritage };
}

/** A function of ours that stands for what a bundler's helper gives: it takes nothing and returns what the slot holds. */
export function createGiver(world: World, node: AnyNode, returns: Slot): FunctionToken {
  const body = createPlace(world, { kind: 'function', node });
  world.graph.flow(returns, body.returns);
  return createFunctionToken(body);
}
