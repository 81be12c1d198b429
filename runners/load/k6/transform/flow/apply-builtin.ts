/** Calls of the language's own functions: what they hand to functions that they are given, and what comes back. */
import { type Builtin, builtinOf, callbackIndex, isStatic } from './builtins.ts';
import { Slot } from './graph.ts';
import { applyStatic, takeOver } from './static-builtins.ts';
import { PLAIN } from './tokens.ts';
import type { CallSite, World } from './world.ts';

export function applyBuiltin(world: World, site: CallSite): void {
  if (site.builtin) return;
  site.builtin = true;
  world.graph.add(site.result, PLAIN);
  if (site.receiver !== undefined) addInstances(world, site.receiver, site.result);
  const builtin = builtinOf(site);
  if (isStatic(site) && builtin.kind !== 'sequential') {
    applyStatic(world, site);
    return;
  }
  switch (builtin.kind) {
    case 'sequential':
      applySequential(world, site, builtin);
      return;
    case 'later':
      applyLater(world, site);
      return;
    case 'never':
      applyKeeping(world, site, builtin);
      return;
    case 'unknown':
      applyUnknown(world, site);
  }
}

/** `Reflect.construct(Shop)`, and what a class has from the language: `Pages.from(list)`. */
function addInstances(world: World, maker: Slot, result: Slot): void {
  world.graph.each(maker, (token) => {
    if (token.kind === 'function') world.graph.add(result, token.instance);
  });
}

/** The callback has (element, index, list) or, folding, (total, element, index, list). */
function applySequential(world: World, site: CallSite, { gives }: Builtin): void {
  const { graph } = world;
  const at = callbackIndex(site);
  const list = at === 0 ? site.receiver : site.parameters[0];
  const elements = list === undefined ? new Slot() : world.elements(list);
  const results = new Slot();
  const callback = site.parameters[at];
  const extra = site.parameters[at + 1];
  if (callback !== undefined) {
    graph.each(callback, (token) => {
      if (token.kind !== 'function' || token.body === undefined) return;
      const { parameters, anyParameter, self } = token.body;
      graph.flow(world.plain, anyParameter);
      for (const target of [...parameters.slice(0, 2), token.body.rest, token.body.argumentsElements]) graph.flow(elements, target);
      for (const target of [...parameters.slice(2), token.body.rest]) if (list !== undefined) graph.flow(list, target);
      if (gives === 'result') foldInto(world, parameters[0], [results, extra]);
      else if (extra !== undefined) graph.flow(extra, self);
      graph.flow(token.body.returns, results);
    });
  }
  if (gives === 'receiver' && list !== undefined) graph.flow(list, site.result);
  if (gives === 'element') graph.flow(elements, site.result);
  if (gives === 'result') foldInto(world, site.result, [results, extra, elements]);
  if (gives !== 'list of results') return;
  const made = world.createList(results);
  world.define(made, undefined, world.elements(results));
  if (callback === undefined) world.define(made, undefined, elements);
  graph.add(site.result, made);
}

function foldInto(world: World, target: Slot | undefined, sources: readonly (Slot | undefined)[]): void {
  if (target === undefined) return;
  for (const source of sources) if (source !== undefined) world.graph.flow(source, target);
}

/** A promise counts as what it brings. */
function applyLater(world: World, site: CallSite): void {
  if (site.receiver !== undefined) world.graph.flow(site.receiver, site.result);
  for (const value of site.parameters) callWith(world, value, site.receiver ?? world.plain, site.result);
}

function applyKeeping(world: World, site: CallSite, { gives, keeps }: Builtin): void {
  const { receiver } = site;
  if (receiver === undefined) return;
  if (keeps === true) {
    const given = site.spread === undefined ? site.parameters : [...site.parameters, site.spread];
    for (const value of given) world.store(receiver, undefined, value);
    if (site.method === 'concat') for (const value of given) world.store(receiver, undefined, world.elements(value));
  }
  if (gives === 'receiver') world.graph.flow(receiver, site.result);
  if (gives === 'element') world.graph.flow(world.elements(receiver), site.result);
}

/** Whatever it is given may come back, and is handed to what it may call. */
function applyUnknown(world: World, site: CallSite): void {
  const blend = new Slot();
  const inside = site.root === 'Reflect' || site.root === 'Proxy';
  const given = [
    ...site.parameters,
    ...(site.receiver === undefined ? [] : [site.receiver]),
    ...(site.spread === undefined ? [] : [site.spread]),
  ];
  for (const value of given) {
    world.graph.flow(value, blend);
    world.graph.flow(inside ? world.contents(value) : world.elements(value), blend);
    if (inside) addInstances(world, value, site.result);
  }
  for (const value of site.parameters) callWith(world, value, blend, blend);
  if (site.root === 'Proxy' && site.parameters[1] !== undefined) takeOver(world, site.parameters[1]);
  world.graph.flow(blend, site.result);
}

/** A function that is given is called with what the call knows of, and what it gives comes out. */
function callWith(world: World, callback: Slot, given: Slot, result: Slot): void {
  world.graph.each(callback, (token) => {
    if (token.kind !== 'function' || token.body === undefined) return;
    world.graph.flow(given, token.body.anyParameter);
    world.calledFromOutside(token);
    world.graph.flow(token.body.returns, result);
  });
}
