/** Functions, methods and classes: a place for each, its parameters bound, its body followed. */
import type { AnyNode, Expression, FunctionExpression, MethodDefinition, PrivateIdentifier, PropertyDefinition } from 'acorn';
import { type ClassNode, type FunctionNode, propertyName } from '../syntax.ts';
import { evaluate } from './evaluate.ts';
import { Slot } from './graph.ts';
import { bindPattern } from './patterns.ts';
import { createFunctionToken, createPlace } from './places.ts';
import { takeOver } from './static-builtins.ts';
import type { FunctionToken, ObjectToken, Place, PlaceKind } from './tokens.ts';
import type { World } from './world.ts';

/** Methods that the language calls by itself, and cannot wait for. */
const CALLED_BY_LANGUAGE = new Set(['toJSON', 'toString', 'valueOf']);

const ITERATOR_METHODS = ['next', 'return', 'throw'];

export function evaluateFunction(world: World, node: FunctionNode, place: Place): Slot {
  const arrow = node.type === 'ArrowFunctionExpression';
  const body = createPlace(world, {
    kind: node.generator && !node.async ? 'generator' : 'function',
    node,
    asyncAt: node.async || node.generator ? undefined : node.start,
    declaredAsync: node.async,
    ...(arrow ? { self: place.self, heritage: place.heritage, isStatic: place.isStatic, argumentsObject: place.argumentsObject } : {}),
  });
  fillFunction(world, node, body);
  const slot = world.holding(createFunctionToken(body));
  if (node.id) world.graph.flow(slot, world.variable(node.id));
  return slot;
}

/** Parameters, then the body. Done before anybody can call it. */
function fillFunction(world: World, node: FunctionNode, body: Place): void {
  const defaults = createPlace(world, {
    kind: 'parameters',
    node,
    self: body.self,
    heritage: body.heritage,
    isStatic: body.isStatic,
    argumentsObject: body.argumentsObject,
  });
  for (const parameter of node.params) {
    if (parameter.type === 'RestElement') {
      bindPattern(world, parameter.argument, world.holding(world.createList(body.rest)), defaults);
      continue;
    }
    const slot = new Slot();
    body.parameters.push(slot);
    world.graph.flow(body.anyParameter, slot);
    bindPattern(world, parameter, slot, defaults);
  }
  const value = evaluate(world, node.body, body);
  if (node.body.type === 'BlockStatement') return;
  world.returned.add(node.body);
  world.graph.flow(value, body.returns);
}

/** A method, getter or setter of an object literal or class. */
export interface MethodFacts {
  /** The whole definition, from which `async` is placed. */
  readonly node: AnyNode;
  readonly fn: FunctionExpression;
  readonly key: Expression | PrivateIdentifier;
  readonly computed: boolean;
  readonly kind: 'constructor' | 'method' | 'get' | 'set';
  /** Where it is stored. */
  readonly object: ObjectToken;
  /** What `this` means in it. */
  readonly self: Slot;
  readonly heritage?: Slot | undefined;
  readonly isStatic?: boolean;
}

export function evaluateMethod(world: World, facts: MethodFacts): FunctionToken {
  const { node, fn, key, computed, kind, object, self, heritage, isStatic = false } = facts;
  const name = propertyName(key, computed);
  const body = createPlace(world, {
    kind: placeKind(facts, name),
    node: fn,
    asyncAt: kind !== 'method' || fn.async || fn.generator ? undefined : asyncPosition(world.code, node, key, computed),
    declaredAsync: fn.async,
    self: newSlotFrom(world, self),
    heritage,
    isStatic,
  });
  fillFunction(world, fn, body);
  const token = createFunctionToken(body);
  if (symbolName(key, computed) === 'iterator') takeOver(world, body.returns, ITERATOR_METHODS);
  if (kind === 'method') world.define(object, name, world.holding(token));
  if (kind === 'get') world.define(object, name, body.returns);
  if (kind === 'set') world.graph.flow(object.field(name ?? ''), body.anyParameter);
  return token;
}

/** Receivers of calls join in, so a method's `this` is its own. */
function newSlotFrom(world: World, slot: Slot): Slot {
  const own = new Slot();
  world.graph.flow(slot, own);
  return own;
}

function placeKind({ kind, fn, key, computed }: MethodFacts, name: string | undefined): PlaceKind {
  if (kind === 'constructor') return 'constructor';
  if (kind === 'get') return 'getter';
  if (kind === 'set') return 'setter';
  if (fn.generator && !fn.async) return 'generator';
  const symbol = symbolName(key, computed);
  const implicit = symbol === undefined ? name !== undefined && CALLED_BY_LANGUAGE.has(name) : !symbol.startsWith('async');
  return implicit ? 'called by the language' : 'method';
}

/** `iterator` of the key `[Symbol.iterator]`. */
function symbolName(key: AnyNode, computed: boolean): string | undefined {
  const known = computed && key.type === 'MemberExpression' && key.object.type === 'Identifier' && key.object.name === 'Symbol';
  return known && key.property.type === 'Identifier' ? key.property.name : undefined;
}

/** Before the key, and its bracket if it has one: `static` stays in front. */
function asyncPosition(code: string, node: AnyNode, key: AnyNode, computed: boolean): number {
  return computed ? code.indexOf('[', node.start) : key.start;
}

export function evaluateClass(world: World, node: ClassNode, place: Place): Slot {
  const heritage = node.superClass ? evaluate(world, node.superClass, place) : new Slot();
  const shell = createFunctionToken(undefined, heritage);
  const self = world.holding(shell.instance);
  world.graph.flow(heritage, shell.instance.parents);
  const constructorNode = node.body.body.find((each) => each.type === 'MethodDefinition' && each.kind === 'constructor');
  const token: FunctionToken =
    constructorNode?.type === 'MethodDefinition' ? { ...shell, body: constructorPlace(world, constructorNode, shell, self) } : shell;
  const slot = world.holding(token);
  if (node.id) world.graph.flow(slot, world.variable(node.id));
  for (const each of node.body.body) {
    if (each.type === 'StaticBlock') {
      const inside = createPlace(world, { kind: 'static block', node: each, self: slot, heritage, isStatic: true });
      for (const statement of each.body) evaluate(world, statement, inside);
      continue;
    }
    if (each.computed) evaluate(world, each.key, place);
    const target = {
      object: each.static ? token.properties : token.instance,
      self: each.static ? slot : self,
      heritage,
      isStatic: each.static,
    };
    if (each.type === 'PropertyDefinition') evaluateField(world, each, target);
    else if (each.kind !== 'constructor') {
      const { key, computed, kind } = each;
      evaluateMethod(world, { node: each, fn: each.value, key, computed, kind, ...target });
    }
  }
  return slot;
}

function constructorPlace(world: World, node: MethodDefinition, shell: FunctionToken, self: Slot): Place | undefined {
  const { key, computed, value: fn } = node;
  return evaluateMethod(world, { node, fn, key, computed, kind: 'constructor', object: shell.instance, self, heritage: shell.heritage })
    .body;
}

function evaluateField(
  world: World,
  node: PropertyDefinition,
  target: { object: ObjectToken; self: Slot; heritage: Slot; isStatic: boolean },
): void {
  if (!node.value) return;
  const inside = createPlace(world, { kind: 'field', node, ...target });
  world.define(target.object, propertyName(node.key, node.computed), evaluate(world, node.value, inside));
}
