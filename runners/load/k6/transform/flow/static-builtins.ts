/** Functions of `Object`, `Array`, `Promise` and the like, which work on their arguments; and objects that the language calls into. */
import { LIST_ROOTS } from './builtins.ts';
import { givenTo } from './calls.ts';
import { Slot } from './graph.ts';
import { ObjectToken } from './tokens.ts';
import type { CallSite, World } from './world.ts';

export function applyStatic(world: World, site: CallSite): void {
  const { graph } = world;
  const [first, ...others] = site.parameters;
  const { result } = site;
  if (site.method === undefined || (site.root === 'Array' && site.method === 'of')) {
    if (site.root !== undefined && LIST_ROOTS.has(site.root)) makeList(world, site);
    else for (const value of givenTo(site)) graph.flow(value, result);
    return;
  }
  if (site.root === 'Promise') {
    for (const value of givenTo(site)) graph.flow(value, result);
    return;
  }
  if (first === undefined) return;
  switch (site.method) {
    case 'values':
      graph.add(result, world.createList(world.contents(first)));
      return;
    case 'entries':
      graph.add(result, world.createList(world.holding(world.createList(world.contents(first)))));
      return;
    case 'fromEntries': {
      const object = new ObjectToken(false);
      world.define(object, undefined, world.elements(world.elements(first)));
      graph.add(result, object);
      return;
    }
    case 'assign':
      assign(world, first, others);
      break;
    case 'defineProperty':
      defineOne(world, site, first);
      break;
    case 'defineProperties':
    case 'setPrototypeOf':
      inherit(world, first, others);
      break;
    default:
  }
  if (!GIVES_NOTHING.has(site.method)) graph.flow(first, result);
}

const GIVES_NOTHING = new Set(['getOwnPropertyNames', 'hasOwn', 'is', 'isArray', 'isExtensible', 'isFrozen', 'isSealed', 'keys']);

/** `new Map([[key, value]])` keeps the values of the pairs; `new Set(list)`, `Array.of(…)` what they are given. */
function makeList(world: World, site: CallSite): void {
  const kept = new Slot();
  for (const value of givenTo(site)) {
    world.graph.flow(value, kept);
    const elements = world.elements(value);
    world.graph.flow(elements, kept);
    if (site.root === 'Map' || site.root === 'WeakMap') world.graph.flow(world.elements(elements), kept);
  }
  world.graph.add(site.result, world.createList(kept));
}

function assign(world: World, target: Slot, sources: readonly Slot[]): void {
  world.graph.each(target, (token) => {
    const object = token.kind === 'function' ? token.properties : token;
    if (object.kind === 'object') for (const source of sources) world.copyInto(object, source);
    // What it is copied onto may hold functions from then on, whatever it is.
    if (object.kind === 'plain') for (const source of sources) world.store(target, undefined, world.contents(source));
  });
}

function inherit(world: World, target: Slot, parents: readonly Slot[]): void {
  world.graph.each(target, (token) => {
    const object = token.kind === 'function' ? token.properties : token;
    if (object.kind === 'object') for (const parent of parents) world.graph.flow(parent, object.parents);
  });
}

/** `Object.defineProperty(target, 'name', { value, get })`. */
function defineOne(world: World, { node, parameters }: CallSite, target: Slot): void {
  const key = node.type === 'CallExpression' ? node.arguments[1] : undefined;
  const name = key?.type === 'Literal' && typeof key.value === 'string' ? key.value : undefined;
  const [, , description] = parameters;
  if (description === undefined) return;
  world.store(target, name, world.load(description, 'value', node));
  world.graph.each(world.load(description, 'get', node), (getter) => {
    if (getter.kind !== 'function' || getter.body === undefined) return;
    getter.body.kind = 'getter';
    world.store(target, name, getter.body.returns);
  });
}

/** The language calls the functions of these objects: a proxy's traps, an iterator's `next`. */
export function takeOver(world: World, objects: Slot, names?: readonly string[]): void {
  world.graph.each(objects, (token) => {
    if (token.kind !== 'object') return;
    token.onField((name, slot) => {
      if (names !== undefined && !names.includes(name)) return;
      world.graph.each(slot, (inner) => {
        if (inner.kind !== 'function' || inner.body === undefined) return;
        if (inner.body.kind === 'method' || inner.body.kind === 'function') inner.body.kind = 'called by the language';
      });
    });
  });
}
