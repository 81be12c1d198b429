/** Everything that following one script's values builds up: variables, objects' fields, calls, uses of k6's names. */
import type { AnyNode, CallExpression, Identifier, NewExpression, TaggedTemplateExpression } from 'acorn';
import { type Conduct, exportOf, GLOBALS, moduleOf, RESULT_METHODS } from '../../surface.ts';
import type { Binding, Scopes } from '../scopes.ts';
import { Graph, Slot } from './graph.ts';
import { ELEMENTS, type FunctionToken, type ModuleToken, type NativeToken, ObjectToken, PLAIN, type Place, type Token } from './tokens.ts';

/** A call, and where everything about it is held. */
export interface CallSite {
  readonly node: CallExpression | NewExpression | TaggedTemplateExpression;
  readonly place: Place;
  readonly form: 'call' | 'new' | 'super';
  /** What may be called: the callee, and for `f.call(…)` also `f`. */
  readonly callees: readonly Slot[];
  /** Arguments whose value is one expression; a spread is in `spread` instead. */
  readonly parameters: readonly Slot[];
  readonly spread: Slot | undefined;
  readonly receiver: Slot | undefined;
  /** The method's name, for `receiver.name(…)`. */
  readonly method: string | undefined;
  /** The global at the root of the callee: `Array` in `Array.from(…)`. */
  readonly root: string | undefined;
  readonly result: Slot;
  /** It may be a function of the language that is called. */
  builtin: boolean;
}

/** A name of k6's that the script uses. `name` is undefined for the module as a whole. */
export interface UseSite {
  readonly module: string;
  readonly name: string | undefined;
  readonly node: AnyNode;
}

interface Access {
  readonly receiver: Slot;
  readonly name: string | undefined;
  readonly value: Slot;
}

/** One reading of a property, and what was asked for it already: inheritance may run in a circle. */
interface Load {
  readonly name: string | undefined;
  readonly value: Slot;
  readonly seen: Set<Token>;
  readonly elementsOnly: boolean;
}

/** Names that every object has: never what was stored under a computed name. */
const OBJECT_METHODS = new Set(['hasOwnProperty', 'isPrototypeOf', 'propertyIsEnumerable', 'toLocaleString', 'toString', 'valueOf']);

export class World {
  readonly graph = new Graph();
  readonly calls: CallSite[] = [];
  readonly places: Place[] = [];
  readonly uses: UseSite[] = [];
  /** Calls whose value is awaited, or given back as it is, by the author. */
  readonly awaited = new Set<AnyNode>();
  readonly returned = new Set<AnyNode>();
  readonly exports = new Map<string, Slot>();
  readonly imported = new Map<Binding, { module: string; name: string }>();
  readonly plain = new Slot();
  readonly evaluated = new Map<AnyNode, Slot>();
  readonly dynamicImports: AnyNode[] = [];
  /** CommonJS' way to import. */
  readonly requires: { readonly module: string; readonly node: AnyNode }[] = [];
  readonly code: string;
  readonly scopes: Scopes;
  readonly #loads: Access[] = [];
  readonly #stores: Access[] = [];
  readonly #variables = new Map<Binding, Slot>();
  readonly #modules = new Map<string, ModuleToken>();
  readonly #natives = new Map<Conduct, NativeToken>();
  /** By name: what is stored under it anywhere, and what is stored under it on objects that nothing is known of. */
  readonly #anywhere = new ObjectToken(false);
  readonly #loose = new ObjectToken(false);

  constructor(code: string, scopes: Scopes) {
    this.code = code;
    this.scopes = scopes;
    this.graph.add(this.plain, PLAIN);
  }

  variable(identifier: Identifier): Slot {
    const binding = this.scopes.bindings.get(identifier);
    if (binding === undefined) return this.#global(identifier.name);
    const known = this.#variables.get(binding);
    if (known !== undefined) return known;
    const slot = new Slot();
    this.#variables.set(binding, slot);
    return slot;
  }

  #global(name: string): Slot {
    const conduct = Object.hasOwn(GLOBALS, name) ? GLOBALS[name] : undefined;
    return conduct === undefined || conduct === 'value' ? this.plain : this.holding(this.native(conduct));
  }

  holding(token: Token): Slot {
    const slot = new Slot();
    this.graph.add(slot, token);
    return slot;
  }

  /** A list of the language's own, of which all elements count as one; its methods are the language's. */
  createList(elements?: Slot): ObjectToken {
    const list = new ObjectToken(true);
    this.graph.add(list.parents, PLAIN);
    if (elements !== undefined) this.graph.flow(elements, list.field(ELEMENTS));
    return list;
  }

  module(name: string): ModuleToken {
    const token: ModuleToken = this.#modules.get(name) ?? { kind: 'module', name };
    this.#modules.set(name, token);
    return token;
  }

  native(conduct: Conduct): NativeToken {
    const token: NativeToken = this.#natives.get(conduct) ?? { kind: 'native', conduct };
    this.#natives.set(conduct, token);
    return token;
  }

  /** What an export of a module of k6 may be. */
  exported(module: string, name: string): Token {
    if (name === 'default') return this.module(module);
    const found = exportOf(module, name);
    return 'conduct' in found && found.conduct !== 'value' ? this.native(found.conduct) : PLAIN;
  }

  /** The value of `receiver.name`; of any property where the name is not known. Of an unknown receiver names tell. */
  load(receiver: Slot, name: string | undefined, node: AnyNode): Slot {
    const value = this.#read(receiver, name);
    this.#loads.push({ receiver, name, value });
    this.graph.each(receiver, (token) => {
      if (token.kind === 'module' && name !== 'default') this.uses.push({ module: token.name, name, node });
    });
    return value;
  }

  /** Whatever is in the slot's values. */
  contents(slot: Slot): Slot {
    return this.#read(slot, undefined);
  }

  /** What the language's own methods find in the slot's values: what was put there by them, or as elements. */
  elements(slot: Slot): Slot {
    return this.#read(slot, undefined, true);
  }

  #read(receiver: Slot, name: string | undefined, elementsOnly = false): Slot {
    const load: Load = { name, value: new Slot(), seen: new Set(), elementsOnly };
    this.graph.each(receiver, (token) => this.#loadFrom(token, load));
    return load.value;
  }

  #loadFrom(token: Token, load: Load): void {
    const { name, value, seen } = load;
    if (seen.has(token)) return;
    seen.add(token);
    switch (token.kind) {
      case 'object':
        this.#loadField(token, load);
        return;
      case 'function':
        if (name === 'prototype') {
          this.graph.add(value, token.instance);
          return;
        }
        this.#loadField(token.properties, load);
        this.graph.each(token.heritage, (parent) => this.#loadFrom(parent, load));
        return;
      case 'module':
        this.#loadExport(token.name, name, value);
        return;
      case 'native':
      case 'plain':
        this.graph.flow(this.#loose.field(name ?? ELEMENTS), value);
        if (name !== undefined && Object.hasOwn(RESULT_METHODS, name)) {
          const conduct = RESULT_METHODS[name];
          if (conduct !== undefined) this.graph.add(value, this.native(conduct));
        }
        this.graph.add(value, PLAIN);
        return;
    }
  }

  #loadField(token: ObjectToken, load: Load): void {
    const { name, value } = load;
    if (name === undefined) {
      // The elements of a map are pairs, of which the value counts: the map stands for its pairs.
      if (token.list) this.graph.add(value, token);
      if (token.list || load.elementsOnly) this.graph.flow(token.field(ELEMENTS), value);
      else token.onField((_, slot) => this.graph.flow(slot, value));
    } else {
      this.graph.flow(token.field(name), value);
      this.graph.flow(this.#loose.field(name), value);
      if (!token.list && !OBJECT_METHODS.has(name)) this.graph.flow(token.field(ELEMENTS), value);
    }
    // A class among the parents stands for what its prototype has.
    this.graph.each(token.parents, (parent) => this.#loadFrom(parent.kind === 'function' ? parent.instance : parent, load));
  }

  #loadExport(moduleName: string, name: string | undefined, value: Slot): void {
    const module = moduleOf(moduleName);
    const names = name === undefined && 'exports' in module ? Object.keys(module.exports) : [name ?? 'default'];
    for (const each of names) this.graph.add(value, this.exported(moduleName, each));
  }

  store(receiver: Slot, name: string | undefined, value: Slot): void {
    const field = name ?? ELEMENTS;
    this.#stores.push({ receiver, name, value });
    this.graph.flow(value, this.#anywhere.field(field));
    this.graph.each(receiver, (token) => {
      if (token.kind === 'object') this.graph.flow(value, token.field(field));
      else if (token.kind === 'plain') this.graph.flow(value, this.#loose.field(field));
      else if (token.kind === 'function' && name === 'prototype') this.graph.flow(value, token.instance.parents);
      else if (token.kind === 'function') this.graph.flow(value, token.properties.field(field));
    });
  }

  /** What is stored straight into an object at its making is found by its name as well. */
  define(object: ObjectToken, name: string | undefined, value: Slot): void {
    const field = name ?? ELEMENTS;
    this.graph.flow(value, object.field(field));
    this.graph.flow(value, this.#anywhere.field(field));
  }

  /** The fields of whatever `from` holds become the object's. */
  copyInto(object: ObjectToken, from: Slot): void {
    this.graph.each(from, (token) => {
      if (token.kind === 'object') token.onField((name, slot) => this.graph.flow(slot, object.field(name)));
      if (token.kind === 'function') token.properties.onField((name, slot) => this.graph.flow(slot, object.field(name)));
      if (token.kind !== 'module') return;
      const module = moduleOf(token.name);
      if (!('exports' in module)) return;
      for (const name of Object.keys(module.exports)) this.graph.add(object.field(name), this.exported(token.name, name));
    });
  }

  /** Accesses to objects of which nothing is known fall back on names. True if that added anything. */
  fallBack(): boolean {
    const unknown = this.#loads.filter(({ receiver }) => receiver.tokens.size === 0);
    let changed = false;
    for (const { receiver, name, value } of unknown) {
      changed = true;
      if (name !== undefined) this.graph.flow(this.#anywhere.field(name), value);
      this.graph.add(receiver, PLAIN);
    }
    for (const { receiver } of this.#stores) {
      if (receiver.tokens.size > 0) continue;
      changed = true;
      this.graph.add(receiver, PLAIN);
    }
    return changed;
  }

  /** A function of the script is called by somebody who hands it values that hold no functions. */
  calledFromOutside(token: FunctionToken): void {
    if (token.body !== undefined) this.graph.flow(this.plain, token.body.anyParameter);
  }
}
