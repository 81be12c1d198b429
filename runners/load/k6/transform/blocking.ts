/**
 * Which calls must be awaited, which functions become async by that, and what stands in the way. A fixpoint over the call
 * sites: a function that contains a call that blocks is a function that blocks.
 */
import type { AnyNode } from 'acorn';
import { builtinOf, callbackIndex, SEQUENTIAL_METHODS } from './flow/builtins.ts';
import { givenTo } from './flow/calls.ts';
import type { Slot } from './flow/graph.ts';
import type { Place, PlaceKind, Token } from './flow/tokens.ts';
import type { CallSite, World } from './flow/world.ts';

/** A place in the bundle that asks for the synchronous path, and why. */
export interface Obstacle {
  readonly node: AnyNode;
  readonly reason: string;
}

export interface Blocking {
  /** Calls to await. */
  readonly awaited: ReadonlySet<CallSite>;
  /** Of those, calls of array methods that ours stand in for. */
  readonly sequential: ReadonlySet<CallSite>;
  /** Functions to make async. */
  readonly functions: ReadonlySet<Place>;
  readonly obstacles: readonly Obstacle[];
}

const WHERE: Readonly<Record<PlaceKind, string | undefined>> = {
  function: undefined,
  method: undefined,
  module: 'while the script is loaded',
  constructor: 'in a constructor',
  getter: 'in a getter',
  setter: 'in a setter',
  generator: 'in a generator',
  parameters: 'in the default of a parameter',
  field: 'in the initial value of a field',
  'static block': 'in a static block',
  'called by the language': 'in a method that the language itself calls',
};

/** What a call does to the function around it: nothing, stop it, or give a promise behind which something blocks. */
type Effect = 'nothing' | 'blocks' | 'promises';

class Fixpoint implements Blocking {
  readonly awaited = new Set<CallSite>();
  readonly sequential = new Set<CallSite>();
  readonly functions = new Set<Place>();
  /** Functions that give a promise by the author's own doing, with something that blocks behind it. */
  readonly #promising = new Set<Place>();
  readonly #obstacles = new Map<AnyNode, Obstacle>();
  readonly #world: World;
  #changed = true;

  constructor(world: World) {
    this.#world = world;
  }

  get obstacles(): Obstacle[] {
    return [...this.#obstacles.values()];
  }

  run(): this {
    while (this.#changed) {
      this.#changed = false;
      for (const site of this.#world.calls) this.#look(site);
    }
    return this;
  }

  #look(site: CallSite): void {
    const effect = this.#effectOf(site);
    if (effect === 'blocks') this.#stop(site);
    if (effect === 'promises') this.#promise(site);
  }

  #stop(site: CallSite): void {
    const { place } = site;
    this.#include(this.awaited, site);
    const where = WHERE[place.kind];
    if (where !== undefined) {
      this.#refuse(site.node, `A call that waits stands ${where}.`);
      return;
    }
    if (site.form !== 'call') {
      this.#refuse(site.node, 'What is made with new waits while it is made.');
      return;
    }
    this.#include(place.declaredAsync ? this.#promising : this.functions, place);
  }

  /** A promise of the author's own: right only where it is awaited at once, else two things would happen side by side. */
  #promise(site: CallSite): void {
    if (this.#world.awaited.has(site.node) || this.#world.returned.has(site.node)) {
      if (!this.functions.has(site.place)) this.#include(this.#promising, site.place);
      return;
    }
    this.#refuse(site.node, 'An async function that makes calls that wait is called without await.');
  }

  #effectOf(site: CallSite): Effect {
    const tokens = site.callees.flatMap((slot) => [...slot.tokens]);
    const effects = tokens.map((token) => this.#effectOfToken(site, token));
    if (site.builtin) effects.push(this.#effectOfBuiltin(site));
    if (effects.includes('blocks')) return 'blocks';
    return effects.includes('promises') ? 'promises' : 'nothing';
  }

  #effectOfToken(site: CallSite, token: Token): Effect {
    if (token.kind === 'function') {
      if (token.body === undefined) return 'nothing';
      if (this.functions.has(token.body)) return 'blocks';
      return this.#promising.has(token.body) ? 'promises' : 'nothing';
    }
    if (token.kind !== 'native') return 'nothing';
    switch (token.conduct) {
      case 'blocking':
        return 'blocks';
      case 'callbacks':
        return this.#effectOfCallbacks(givenTo(site), true);
      case 'filled':
        if (this.#effectOfCallbacks(givenTo(site), false) !== 'nothing') {
          this.#refuse(site.node, 'The function that fills a SharedArray waits.');
        }
        return 'nothing';
      default:
        return 'nothing';
    }
  }

  #effectOfBuiltin(site: CallSite): Effect {
    const { kind } = builtinOf(site);
    if (kind === 'sequential') {
      const callback = site.parameters[callbackIndex(site)];
      const effect = callback === undefined ? 'nothing' : this.#effectOfCallbacks([callback], false);
      if (effect === 'promises') this.#refuse(site.node, `${nameOf(site)} is given an async function that makes calls that wait.`);
      if (effect !== 'blocks') return 'nothing';
      if (!canStandIn(site)) this.#refuse(site.node, `${nameOf(site)} is called in a way that cannot wait for the function it is given.`);
      this.#include(this.sequential, site);
      return 'blocks';
    }
    if (kind !== 'unknown') return 'nothing';
    if (this.#effectOfCallbacks(givenTo(site), false) !== 'nothing') {
      this.#refuse(site.node, `${nameOf(site)} calls the function it is given itself and cannot wait for it.`);
    }
    return 'nothing';
  }

  /** What the functions in these slots do; with `inside`, the functions in their objects as well. */
  #effectOfCallbacks(slots: readonly Slot[], inside: boolean): Effect {
    let effect: Effect = 'nothing';
    const tokens = slots.flatMap((slot) => [...slot.tokens]);
    const nested = inside ? tokens.flatMap((token) => (token.kind === 'object' ? [...token.fields.values()] : [])) : [];
    for (const token of [...tokens, ...nested.flatMap((slot) => [...slot.tokens])]) {
      if (token.kind === 'native' && token.conduct === 'blocking') return 'blocks';
      if (token.kind !== 'function' || token.body === undefined) continue;
      if (this.functions.has(token.body)) return 'blocks';
      if (this.#promising.has(token.body)) effect = 'promises';
    }
    return effect;
  }

  #refuse(node: AnyNode, reason: string): void {
    if (!this.#obstacles.has(node)) this.#obstacles.set(node, { node, reason });
  }

  #include<Member>(set: Set<Member>, one: Member): void {
    if (set.has(one)) return;
    set.add(one);
    this.#changed = true;
  }
}

/** `list.map(…)` and `Array.from(…)` as they are written; not `list['map'](…)`, `super.map(…)` or through call and apply. */
function canStandIn({ node, method, form, spread }: CallSite): boolean {
  if (form !== 'call' || node.type !== 'CallExpression' || spread !== undefined) return false;
  const { callee } = node;
  const written = callee.type === 'MemberExpression' && !callee.computed && callee.object.type !== 'Super';
  return written && method !== undefined && (SEQUENTIAL_METHODS.has(method) || method === 'from');
}

function nameOf({ method, root }: CallSite): string {
  if (method === undefined) return root ?? 'A function of the language';
  return root === undefined ? `.${method}()` : `${root}.${method}()`;
}

export function findBlocking(world: World): Blocking {
  return new Fixpoint(world).run();
}
