/** Turns a syntax tree into constraints: what each expression may hold, and what each statement makes flow where. */
import type {
  AnyNode,
  ArrayExpression,
  AssignmentExpression,
  ExportNamedDeclaration,
  Expression,
  ForInStatement,
  ForOfStatement,
  ImportDeclaration,
  MemberExpression,
  ObjectExpression,
  Super,
  VariableDeclarator,
} from 'acorn';
import { childrenOf, propertyName } from '../syntax.ts';
import { evaluateCall } from './calls.ts';
import { evaluateClass, evaluateFunction, evaluateMethod } from './functions.ts';
import { Slot } from './graph.ts';
import { isHelper } from './helpers.ts';
import { bindPattern } from './patterns.ts';
import { ELEMENTS, ObjectToken, type Place } from './tokens.ts';
import type { World } from './world.ts';

/** The slot of what an expression may hold; for a statement, which holds nothing, a plain one. Asked again, it gives the same. */
export function evaluate(world: World, node: AnyNode, place: Place): Slot {
  const known = world.evaluated.get(node);
  if (known !== undefined) return known;
  const slot = evaluateExpression(world, node, place);
  world.evaluated.set(node, slot);
  return slot;
}

function evaluateExpression(world: World, node: AnyNode, place: Place): Slot {
  switch (node.type) {
    case 'Identifier':
      return identifier(world, node, place);
    case 'ThisExpression':
      return place.self;
    case 'MemberExpression':
      return member(world, node, place).value;
    case 'CallExpression':
    case 'NewExpression':
    case 'TaggedTemplateExpression':
      return evaluateCall(world, node, place);
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return evaluateFunction(world, node, place);
    case 'ClassDeclaration':
    case 'ClassExpression':
      return evaluateClass(world, node, place);
    case 'ObjectExpression':
      return objectLiteral(world, node, place);
    case 'ArrayExpression':
      return arrayLiteral(world, node, place);
    case 'AssignmentExpression':
      return assignment(world, node, place);
    case 'ConditionalExpression':
      evaluate(world, node.test, place);
      return join(world, [evaluate(world, node.consequent, place), evaluate(world, node.alternate, place)]);
    case 'LogicalExpression':
      return join(world, [evaluate(world, node.left, place), evaluate(world, node.right, place)]);
    case 'SequenceExpression':
      return node.expressions.map((each) => evaluate(world, each, place)).at(-1) ?? world.plain;
    case 'AwaitExpression':
      world.awaited.add(node.argument);
      return evaluate(world, node.argument, place);
    case 'ChainExpression':
      return evaluate(world, node.expression, place);
    default:
      return evaluateStatement(world, node, place);
  }
}

function evaluateStatement(world: World, node: AnyNode, place: Place): Slot {
  switch (node.type) {
    case 'YieldExpression':
    case 'ReturnStatement':
      if (node.argument) {
        world.returned.add(node.argument);
        world.graph.flow(evaluate(world, node.argument, place), place.returns);
      }
      return world.plain;
    case 'VariableDeclarator':
      return declarator(world, node, place);
    case 'ForOfStatement':
    case 'ForInStatement':
      return loopOver(world, node, place);
    case 'ImportDeclaration':
      return importDeclaration(world, node);
    case 'ExportNamedDeclaration':
      return exportNamed(world, node, place);
    case 'ExportDefaultDeclaration':
      world.exports.set('default', evaluate(world, node.declaration, place));
      return world.plain;
    case 'ImportExpression':
      world.dynamicImports.push(node);
      return evaluate(world, node.source, place);
    case 'LabeledStatement':
      return evaluate(world, node.body, place);
    case 'BreakStatement':
    case 'ContinueStatement':
    case 'ExportAllDeclaration':
      return world.plain;
    default:
      for (const child of childrenOf(node)) evaluate(world, child, place);
      return world.plain;
  }
}

function identifier(world: World, node: AnyNode & { type: 'Identifier' }, place: Place): Slot {
  const binding = world.scopes.bindings.get(node);
  const origin = binding === undefined ? undefined : world.imported.get(binding);
  if (origin !== undefined && origin.name !== 'default') world.uses.push({ module: origin.module, name: origin.name, node });
  if (binding !== undefined || node.name !== 'arguments') return world.variable(node);
  return world.holding(place.argumentsObject);
}

export function join(world: World, slots: readonly Slot[]): Slot {
  const joined = new Slot();
  for (const slot of slots) world.graph.flow(slot, joined);
  return joined;
}

/** A property read, with the object that it was read from. */
export function member(world: World, node: MemberExpression, place: Place): { value: Slot; receiver: Slot } {
  if (node.computed) evaluate(world, node.property, place);
  const name = propertyName(node.property, node.computed);
  if (node.object.type === 'Super') {
    return { value: world.load(parentOf(world, place), name, node), receiver: place.self };
  }
  const receiver = evaluate(world, node.object, place);
  return { value: world.load(receiver, name, node), receiver };
}

/** What `super.` looks at: the parent's prototype, or the parent itself in a static member. */
function parentOf(world: World, place: Place): Slot {
  const slot = new Slot();
  if (place.heritage === undefined) return slot;
  world.graph.each(place.heritage, (token) => {
    world.graph.add(slot, token.kind === 'function' && !place.isStatic ? token.instance : token);
  });
  return slot;
}

function objectLiteral(world: World, node: ObjectExpression, place: Place): Slot {
  const object = new ObjectToken(false);
  const slot = world.holding(object);
  for (const property of node.properties) {
    if (property.type === 'SpreadElement') {
      world.copyInto(object, evaluate(world, property.argument, place));
      continue;
    }
    if (property.computed) evaluate(world, property.key, place);
    const { key, computed, value } = property;
    if (value.type === 'FunctionExpression' && (property.method || property.kind !== 'init')) {
      const kind = property.kind === 'init' ? 'method' : property.kind;
      evaluateMethod(world, { node: property, fn: value, key, computed, kind, object, self: slot });
    } else {
      world.define(object, propertyName(key, computed), evaluate(world, value, place));
    }
  }
  return slot;
}

function arrayLiteral(world: World, node: ArrayExpression, place: Place): Slot {
  const list = world.createList();
  for (const element of node.elements) {
    if (element?.type === 'SpreadElement') {
      world.graph.flow(world.load(evaluate(world, element.argument, place), undefined, element), list.field(ELEMENTS));
    } else if (element) {
      world.define(list, undefined, evaluate(world, element, place));
    }
  }
  return world.holding(list);
}

/** Operators that may leave a function behind; the others make numbers and texts. */
const KEEPING_OPERATORS = new Set(['=', '&&=', '||=', '??=']);

function assignment(world: World, node: AssignmentExpression, place: Place): Slot {
  const right = evaluate(world, node.right, place);
  const value = KEEPING_OPERATORS.has(node.operator) ? right : world.plain;
  bindPattern(world, node.left, value, place);
  if (node.operator === '=' || value === world.plain) return value;
  return join(world, [value, evaluate(world, node.left, place)]);
}

function declarator(world: World, node: VariableDeclarator, place: Place): Slot {
  if (node.init && !isHelper(world, node)) bindPattern(world, node.id, evaluate(world, node.init, place), place);
  return world.plain;
}

function loopOver(world: World, node: ForOfStatement | ForInStatement, place: Place): Slot {
  const over = evaluate(world, node.right, place);
  const each = node.type === 'ForOfStatement' ? world.load(over, undefined, node) : world.plain;
  const target = node.left.type === 'VariableDeclaration' ? node.left.declarations[0]?.id : node.left;
  if (target !== undefined) bindPattern(world, target, each, place);
  return evaluate(world, node.body, place);
}

function importDeclaration(world: World, node: ImportDeclaration): Slot {
  const module = String(node.source.value);
  world.uses.push({ module, name: undefined, node });
  for (const specifier of node.specifiers) {
    const name = importedName(specifier);
    const binding = world.scopes.bindings.get(specifier.local);
    if (binding !== undefined) world.imported.set(binding, { module, name });
    world.graph.add(world.variable(specifier.local), world.exported(module, name));
    if (name !== 'default') world.uses.push({ module, name, node: specifier });
  }
  return world.plain;
}

/** A namespace is taken for the default export: every module of k6 gives its names by both. */
export function importedName(specifier: ImportDeclaration['specifiers'][number]): string {
  if (specifier.type !== 'ImportSpecifier') return 'default';
  return specifier.imported.type === 'Identifier' ? specifier.imported.name : String(specifier.imported.value);
}

function exportNamed(world: World, node: ExportNamedDeclaration, place: Place): Slot {
  if (node.declaration) evaluate(world, node.declaration, place);
  if (node.source) {
    world.uses.push({ module: String(node.source.value), name: undefined, node });
    return world.plain;
  }
  for (const { local, exported } of node.specifiers) {
    const name = exported.type === 'Identifier' ? exported.name : String(exported.value);
    world.exports.set(name, evaluate(world, local, place));
  }
  return world.plain;
}

/** The global at the root of an expression such as `Object.prototype.toString`, if it has one. */
export function rootOf(world: World, node: Expression | Super): string | undefined {
  if (node.type === 'MemberExpression') return rootOf(world, node.object);
  const free = node.type === 'Identifier' && node.name !== 'arguments' && !world.scopes.bindings.has(node);
  return free ? node.name : undefined;
}
