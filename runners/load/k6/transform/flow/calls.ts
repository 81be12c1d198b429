/** Calls: what is passed where, and what comes back. */
import type { CallExpression, Expression, NewExpression, SpreadElement, TaggedTemplateExpression } from 'acorn';
import type { Conduct } from '../../surface.ts';
import { propertyName } from '../syntax.ts';
import { applyBuiltin } from './apply-builtin.ts';
import { evaluate, member, rootOf } from './evaluate.ts';
import { Slot } from './graph.ts';
import { evaluateHelper } from './helpers.ts';
import { type FunctionToken, type NativeToken, PLAIN, type Place, type Token } from './tokens.ts';
import type { CallSite, World } from './world.ts';

type CallNode = CallExpression | NewExpression | TaggedTemplateExpression;

export function evaluateCall(world: World, node: CallNode, place: Place): Slot {
  const helper = node.type === 'CallExpression' ? evaluateHelper(world, node, place) : undefined;
  if (helper !== undefined) return helper;
  const callee = node.type === 'TaggedTemplateExpression' ? node.tag : node.callee;
  const { values, spread } = passed(world, node, place);
  const shared = { node, place, spread, result: new Slot(), root: rootOf(world, callee), builtin: false };
  if (callee.type === 'Super') {
    return connect(world, {
      ...shared,
      form: 'super',
      callees: [place.heritage ?? new Slot()],
      parameters: values,
      receiver: place.self,
      method: undefined,
    });
  }
  const form = node.type === 'NewExpression' ? 'new' : 'call';
  if (callee.type !== 'MemberExpression') {
    const callees = [evaluate(world, callee, place)];
    return connect(world, { ...shared, form, callees, parameters: values, receiver: undefined, method: undefined });
  }
  const { value, receiver } = member(world, callee, place);
  const method = propertyName(callee.property, callee.computed);
  const site: CallSite = { ...shared, form, callees: [value], parameters: values, receiver, method };
  switch (method) {
    case 'call':
      return connect(world, { ...site, callees: [value, receiver], parameters: values.slice(1), receiver: values[0] });
    case 'apply': {
      const list = values[1] === undefined ? spread : world.load(values[1], undefined, node);
      return connect(world, { ...site, callees: [value, receiver], parameters: [], spread: list, receiver: values[0] });
    }
    case 'bind':
      bind(world, receiver, values, site.result);
      return connect(world, site);
    default:
      return connect(world, site);
  }
}

/** Arguments one by one, or, where there is a spread among them, all in one slot. */
function passed(world: World, node: CallNode, place: Place): { values: Slot[]; spread: Slot | undefined } {
  const given: (Expression | SpreadElement)[] = node.type === 'TaggedTemplateExpression' ? node.quasi.expressions : node.arguments;
  if (!given.some((each) => each.type === 'SpreadElement')) {
    const values = given.map((each) => evaluate(world, each, place));
    return { values: node.type === 'TaggedTemplateExpression' ? [world.plain, ...values] : values, spread: undefined };
  }
  const spread = new Slot();
  for (const each of given) {
    const value = each.type === 'SpreadElement' ? elementsOf(world, each, place) : evaluate(world, each, place);
    world.graph.flow(value, spread);
  }
  return { values: [], spread };
}

function elementsOf(world: World, node: SpreadElement, place: Place): Slot {
  return world.load(evaluate(world, node.argument, place), undefined, node);
}

function connect(world: World, site: CallSite): Slot {
  world.calls.push(site);
  for (const callee of site.callees) world.graph.each(callee, (token) => apply(world, site, token));
  return site.result;
}

function apply(world: World, site: CallSite, token: Token): void {
  switch (token.kind) {
    case 'function':
      applyFunction(world, site, token);
      return;
    case 'native':
      applyNative(world, site, token);
      return;
    case 'plain':
      // A value that is called by no name of the language's is one of its functions only if nothing else is found.
      if (site.method !== undefined || site.root !== undefined) applyBuiltin(world, site);
      return;
    case 'object':
    case 'module':
      return;
  }
}

function applyFunction(world: World, site: CallSite, token: FunctionToken): void {
  const { graph } = world;
  const { body } = token;
  if (site.form === 'new') graph.add(site.result, token.instance);
  if (body === undefined) {
    graph.each(token.heritage, (parent) => apply(world, site, parent));
    return;
  }
  if (site.form === 'new' && body.kind === 'function') body.kind = 'constructor';
  for (const [index, value] of site.parameters.entries()) {
    graph.flow(value, body.parameters[index] ?? body.rest);
    graph.flow(value, body.argumentsElements);
  }
  if (site.spread !== undefined) graph.flow(site.spread, body.anyParameter);
  if (site.form === 'new') graph.add(body.self, token.instance);
  else if (site.receiver !== undefined) graph.flow(site.receiver, body.self);
  graph.flow(body.returns, site.result);
}

/** How natives behave that call functions which they are given. */
const CALLING: ReadonlySet<Conduct> = new Set<Conduct>(['blocking', 'callbacks', 'later', 'filled']);

function applyNative(world: World, site: CallSite, token: NativeToken): void {
  world.graph.add(site.result, PLAIN);
  if (!CALLING.has(token.conduct)) return;
  for (const value of givenTo(site)) {
    world.graph.each(value, (given) => {
      if (given.kind === 'object') given.onField((_, slot) => world.graph.each(slot, (inner) => callBack(world, site, inner)));
      else callBack(world, site, given);
    });
  }
}

function callBack(world: World, site: CallSite, token: Token): void {
  if (token.kind !== 'function' || token.body === undefined) return;
  world.calledFromOutside(token);
  world.graph.flow(token.body.returns, site.result);
}

export function givenTo(site: CallSite): Slot[] {
  return site.spread === undefined ? [...site.parameters] : [...site.parameters, site.spread];
}

/** A bound function is the function. Arguments bound beforehand move the others, so that all may be any. */
function bind(world: World, receiver: Slot, values: readonly Slot[], result: Slot): void {
  world.graph.each(receiver, (token) => {
    if (token.kind !== 'function' && token.kind !== 'native') return;
    world.graph.add(result, token);
    if (token.kind === 'native' || token.body === undefined) return;
    const { body } = token;
    const [self, ...bound] = values;
    if (self !== undefined) world.graph.flow(self, body.self);
    for (const value of bound) world.graph.flow(value, body.anyParameter);
    if (bound.length > 0) for (const parameter of body.parameters) world.graph.flow(parameter, body.anyParameter);
  });
}

/** Calls for which no callee was found are calls of the language's own functions. True if there was one. */
export function assumeBuiltins(world: World): boolean {
  const unknown = world.calls.filter((site) => !site.builtin && !site.callees.some(isCallable));
  for (const site of unknown) applyBuiltin(world, site);
  return unknown.length > 0;
}

function isCallable(slot: Slot): boolean {
  return [...slot.tokens].some((token) => token.kind === 'function' || token.kind === 'native');
}
