/** Calls of the language's own functions: whatever they are given may come back, and is handed to what they call. */
import { builtinKind, callbackIndex } from './builtins.ts';
import { Slot } from './graph.ts';
import { PLAIN } from './tokens.ts';
import type { CallSite, World } from './world.ts';

/** Roots whose call makes a list of what it is given. */
const LIST_ROOTS = new Set(['Array', 'Map', 'Set', 'WeakMap', 'WeakSet']);

export function applyBuiltin(world: World, site: CallSite): void {
  if (site.builtin) return;
  site.builtin = true;
  world.graph.add(site.result, PLAIN);
  const kind = builtinKind(site);
  if (kind === 'pure') return;
  const blend = new Slot();
  if (site.receiver !== undefined) world.graph.flow(world.contents(site.receiver), blend);
  for (const maker of [...site.parameters, ...(site.receiver === undefined ? [] : [site.receiver])])
    addInstances(world, maker, site.result);
  const callback = callbackIndex(site);
  for (const [index, value] of site.parameters.entries()) {
    const calls = kind === 'later' || kind === 'unknown' || (kind === 'sequential' && index === callback);
    if (calls) callWith(world, value, blend);
    if (kind !== 'later' && !(kind === 'sequential' && index === callback)) world.graph.flow(world.contents(value), blend);
  }
  if (site.spread !== undefined) world.graph.flow(world.contents(site.spread), blend);
  if (kind === 'storing') keep(world, site, blend);
  if (site.root === 'Proxy' && site.parameters[1] !== undefined) takeOver(world, site.parameters[1]);
  if (site.method === undefined && site.root !== undefined && LIST_ROOTS.has(site.root)) {
    world.graph.add(site.result, world.createList(blend));
  } else {
    world.graph.flow(blend, site.result);
  }
}

/** `Reflect.construct(Shop)`, and what a class has from the language: `Pages.from(list)`. */
function addInstances(world: World, maker: Slot, result: Slot): void {
  world.graph.each(maker, (token) => {
    if (token.kind === 'function') world.graph.add(result, token.instance);
  });
}

/** A function that is given is called with anything that the call knows of, and what it gives may come out again. */
function callWith(world: World, callback: Slot, blend: Slot): void {
  world.graph.each(callback, (token) => {
    if (token.kind !== 'function' || token.body === undefined) return;
    world.graph.flow(blend, token.body.anyParameter);
    world.calledFromOutside(token);
    world.graph.flow(token.body.returns, blend);
  });
}

/** What is stored goes into the receiver; the functions of `Object` store into their first argument. */
function keep(world: World, site: CallSite, blend: Slot): void {
  const [first, ...others] = site.parameters;
  if (site.root !== 'Object' && site.root !== 'Reflect') {
    if (site.receiver !== undefined) for (const value of site.parameters) world.store(site.receiver, undefined, value);
    if (site.receiver !== undefined && site.spread !== undefined) world.store(site.receiver, undefined, site.spread);
    if (site.receiver !== undefined && (site.method === 'concat' || site.method === 'fill')) world.store(site.receiver, undefined, blend);
    return;
  }
  if (first === undefined) return;
  if (site.method === 'defineProperty') {
    defineOne(world, site, first);
    return;
  }
  if (site.method !== 'assign') {
    world.store(first, undefined, blend);
    return;
  }
  world.graph.each(first, (token) => {
    const target = token.kind === 'function' ? token.properties : token;
    if (target.kind === 'object') for (const other of others) world.copyInto(target, other);
  });
}

/** The language calls the functions of these objects: a proxy's traps, an iterator's `next`. */
export function takeOver(world: World, objects: Slot, names?: readonly string[]): void {
  world.graph.each(objects, (token) => {
    if (token.kind !== 'object') return;
    token.onField((name, slot) => {
      if (names !== undefined && !names.includes(name)) return;
      world.graph.each(slot, (inner) => {
        if (inner.kind === 'function' && inner.body?.kind === 'method') inner.body.kind = 'called by the language';
      });
    });
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
