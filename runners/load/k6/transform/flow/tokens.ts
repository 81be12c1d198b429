/** The values that matter to the question "may this call block?": functions, and what they may be kept in. */
import type { AnyNode } from 'acorn';
import type { Conduct } from '../../surface.ts';
import { Slot } from './graph.ts';

export type Token = FunctionToken | ObjectToken | ModuleToken | NativeToken | PlainToken;

/** A function or class of the script. */
export interface FunctionToken {
  readonly kind: 'function';
  /** Absent for a class without a constructor. */
  readonly body: Place | undefined;
  /** What is stored on the function itself; a class' static members. */
  readonly properties: ObjectToken;
  /** All that `new` makes of it, and its prototype, as one object. */
  readonly instance: ObjectToken;
  /** What the class extends. */
  readonly heritage: Slot;
}

/** A module of k6. */
export interface ModuleToken {
  readonly kind: 'module';
  readonly name: string;
}

/** A function that the host brings. */
export interface NativeToken {
  readonly kind: 'native';
  readonly conduct: Conduct;
}

/** A value in which no function of the script can be, save one that was put there under a name. */
export interface PlainToken {
  readonly kind: 'plain';
}

export const PLAIN: PlainToken = { kind: 'plain' };

/** The field of an object for what is stored under names that only running tells, and for the elements of a list. */
export const ELEMENTS = '[]';

/** Objects made at one place of the script, taken as one. */
export class ObjectToken {
  readonly kind = 'object';
  /** An array, map, set or `arguments`: its named properties are not its elements. */
  readonly list: boolean;
  readonly fields = new Map<string, Slot>();
  /** Objects and classes from which it inherits. */
  readonly parents = new Slot();
  readonly #listeners: ((name: string, slot: Slot) => void)[] = [];

  constructor(list: boolean) {
    this.list = list;
  }

  field(name: string): Slot {
    const known = this.fields.get(name);
    if (known !== undefined) return known;
    const slot = new Slot();
    this.fields.set(name, slot);
    for (const listener of [...this.#listeners]) listener(name, slot);
    return slot;
  }

  /** Tells each field, those that come later too. */
  onField(listener: (name: string, slot: Slot) => void): void {
    this.#listeners.push(listener);
    for (const [name, slot] of [...this.fields]) listener(name, slot);
  }
}

/** What kind of code a place is. All but `function` and `method` cannot wait. */
export type PlaceKind =
  | 'module'
  | 'function'
  | 'method'
  | 'constructor'
  | 'getter'
  | 'setter'
  | 'generator'
  | 'parameters'
  | 'field'
  | 'static block'
  | 'called by the language';

/** Code that runs as one: a function's body, or one of the places beside it in which calls may stand. */
export interface Place {
  kind: PlaceKind;
  readonly node: AnyNode;
  /** Where `async` is written to make it wait; undefined where it cannot or does already. */
  readonly asyncAt: number | undefined;
  /** The author made it async. */
  readonly declaredAsync: boolean;
  readonly self: Slot;
  readonly parameters: Slot[];
  readonly rest: Slot;
  /** Reaches every parameter: arguments whose position is not known. */
  readonly anyParameter: Slot;
  readonly argumentsObject: ObjectToken;
  readonly argumentsElements: Slot;
  readonly returns: Slot;
  /** What `super` means here. */
  readonly heritage: Slot | undefined;
  readonly isStatic: boolean;
}
