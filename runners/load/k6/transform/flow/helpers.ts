/**
 * The functions that esbuild writes into a bundle to join modules of both kinds. Their own code loses track of names
 * (it copies properties by getters), so what they do is said here.
 */
import type { CallExpression, VariableDeclarator } from 'acorn';
import { evaluate } from './evaluate.ts';
import { Slot } from './graph.ts';
import { createGiver } from './places.ts';
import { ObjectToken, type Place } from './tokens.ts';
import type { World } from './world.ts';

/** What a bundle declares for itself before any code of the author's. */
const OWN_NAMES = new Set([
  '__commonJS',
  '__copyProps',
  '__create',
  '__defProp',
  '__esm',
  '__export',
  '__getOwnPropDesc',
  '__getOwnPropNames',
  '__getProtoOf',
  '__hasOwnProp',
  '__reExport',
  '__require',
  '__toCommonJS',
  '__toESM',
]);

/** A helper's own code is not followed: what it does is said below. */
export function isHelper(world: World, node: VariableDeclarator): boolean {
  return node.id.type === 'Identifier' && OWN_NAMES.has(node.id.name) && world.scopes.moduleNames.has(node.id.name);
}

export function evaluateHelper(world: World, node: CallExpression, place: Place): Slot | undefined {
  if (node.callee.type !== 'Identifier' || !world.scopes.moduleNames.has(node.callee.name)) return undefined;
  const given = (): Slot[] => node.arguments.map((each) => evaluate(world, each, place));
  switch (node.callee.name) {
    case '__require':
      return required(world, node);
    case '__commonJS':
      return commonJsModule(world, node, given());
    case '__esm':
      return lazyModule(world, node, given());
    case '__export':
      return exportGetters(world, given());
    case '__reExport':
      return copyAll(world, given());
    case '__toESM':
      return interoperable(world, given());
    case '__toCommonJS':
      return given()[0];
    default:
      return undefined;
  }
}

/** The name of the module in `__require("k6/http")`, the bundle's form of CommonJS' `require`. */
export function requiredModule(node: CallExpression): string | undefined {
  const [argument] = node.arguments;
  const named = node.callee.type === 'Identifier' && node.callee.name === '__require';
  return named && argument?.type === 'Literal' && typeof argument.value === 'string' ? argument.value : undefined;
}

function required(world: World, node: CallExpression): Slot | undefined {
  const name = requiredModule(node);
  if (name === undefined) return undefined;
  world.uses.push({ module: name, name: undefined, node });
  world.requires.push({ module: name, node });
  return world.holding(world.module(name));
}

/** `__commonJS({ "file.js"(exports, module) {…} })` gives a function that gives `module.exports`. */
function commonJsModule(world: World, node: CallExpression, [files]: Slot[]): Slot {
  const module = new ObjectToken(false);
  const exported = world.holding(new ObjectToken(false));
  world.graph.flow(exported, module.field('exports'));
  eachModuleBody(world, files, (body) => {
    const [exportsParameter, moduleParameter] = body.parameters;
    if (exportsParameter !== undefined) world.graph.flow(exported, exportsParameter);
    if (moduleParameter !== undefined) world.graph.add(moduleParameter, module);
  });
  return world.holding(createGiver(world, node, module.field('exports')));
}

function lazyModule(world: World, node: CallExpression, [files]: Slot[]): Slot {
  eachModuleBody(world, files, () => {});
  return world.holding(createGiver(world, node, world.plain));
}

/** The code of a module that runs while the script is loaded: nothing in it can wait. */
function eachModuleBody(world: World, files: Slot | undefined, told: (body: Place) => void): void {
  if (files === undefined) return;
  world.graph.each(files, (token) => {
    if (token.kind !== 'object') return;
    token.onField((_, slot) =>
      world.graph.each(slot, (file) => {
        if (file.kind !== 'function' || file.body === undefined) return;
        file.body.kind = 'module';
        told(file.body);
      }),
    );
  });
}

/** `__export(target, { name: () => value })`. */
function exportGetters(world: World, [target, getters]: Slot[]): Slot {
  if (target === undefined || getters === undefined) return world.plain;
  world.graph.each(getters, (token) => {
    if (token.kind !== 'object') return;
    token.onField((name, slot) =>
      world.graph.each(slot, (getter) => {
        if (getter.kind === 'function' && getter.body !== undefined) world.store(target, name, getter.body.returns);
      }),
    );
  });
  return target;
}

function copyAll(world: World, [target, ...others]: Slot[]): Slot {
  if (target === undefined) return world.plain;
  world.graph.each(target, (token) => {
    if (token.kind === 'object') for (const other of others) world.copyInto(token, other);
  });
  return target;
}

/** A CommonJS module as an ES one: its own names, and itself as `default`. */
function interoperable(world: World, [module]: Slot[]): Slot {
  if (module === undefined) return world.plain;
  const wrapped = new ObjectToken(false);
  world.copyInto(wrapped, module);
  world.graph.flow(module, wrapped.field('default'));
  const slot = new Slot();
  world.graph.add(slot, wrapped);
  world.graph.each(module, (token) => {
    if (token.kind === 'module') world.graph.add(slot, token);
  });
  return slot;
}
