/**
 * The values that `${name}` has in one iteration of one virtual user: of each data source one row, drawn when it is first
 * asked for, and what its steps have extracted so far. Texts look them up by slots, numbers that are given out beforehand.
 */
import { namedIn, OWN_NUMBERS } from '../../../experiments/language/load-names.ts';
import { columnPlace, type Row, type Source } from './data.ts';

type Slot =
  | { readonly type: 'data'; readonly source: number; readonly column: number }
  | { readonly type: 'extracted'; readonly name: string }
  | { readonly type: 'user' | 'iteration' };

/** All names of a scenario. */
export class Slots {
  readonly sources: readonly Source[];
  readonly #names: ReadonlyMap<string, Slot | number>;
  readonly #slots: Slot[] = [];
  readonly #byText = new Map<string, number>();

  constructor(sources: ReadonlyMap<string, Source>, extracted: Iterable<string>) {
    this.sources = [...sources.values()];
    this.#names = new Map<string, Slot | number>([
      ...[...sources.keys()].map((name, index) => [name, index] as const),
      ...[...extracted].map((name) => [name, { type: 'extracted', name }] as const),
      ...[...OWN_NUMBERS].map((name) => [name, { type: name === '__VU' ? 'user' : 'iteration' }] as const),
    ]);
  }

  /** The slot of `name` or `name.column`; undefined where there is no such thing. */
  of(placeholder: string): number | undefined {
    const known = this.#byText.get(placeholder);
    if (known !== undefined) return known;
    const slot = this.#find(placeholder);
    if (!slot) return undefined;
    this.#slots.push(slot);
    this.#byText.set(placeholder, this.#slots.length - 1);
    return this.#slots.length - 1;
  }

  at(slot: number): Slot | undefined {
    return this.#slots[slot];
  }

  #find(placeholder: string): Slot | undefined {
    const named = namedIn(placeholder, this.#names);
    const found = named && this.#names.get(named.name);
    if (typeof found !== 'number') return named?.column === '' ? found : undefined;
    const source = this.sources[found];
    const column = source && columnPlace(source.columns, named?.column ?? '');
    return column === undefined ? undefined : { type: 'data', source: found, column };
  }
}

/** The values of a virtual user; `begin` starts each iteration afresh. */
export class Values {
  readonly #slots: Slots;
  readonly #user: number;
  readonly #rows: (Row | undefined)[];
  readonly #extracted = new Map<string, string>();
  #iteration = 0;

  constructor(slots: Slots, user: number) {
    this.#slots = slots;
    this.#user = user;
    this.#rows = slots.sources.map(() => undefined);
  }

  begin(iteration: number): void {
    this.#iteration = iteration;
    this.#rows.fill(undefined);
    if (this.#extracted.size > 0) this.#extracted.clear();
  }

  /** Keeps what was extracted, for the rest of the iteration. */
  keep(name: string, value: string): void {
    this.#extracted.set(name, value);
  }

  /** Empty where nothing was extracted. */
  get(slot: number): string {
    const of = this.#slots.at(slot);
    switch (of?.type) {
      case 'data': {
        let row = this.#rows[of.source];
        if (!row) {
          row = this.#slots.sources[of.source]?.draw(this.#user, this.#iteration) ?? [];
          this.#rows[of.source] = row;
        }
        return row[of.column] ?? '';
      }
      case 'extracted':
        return this.#extracted.get(of.name) ?? '';
      case 'user':
        return String(this.#user);
      case 'iteration':
        return String(this.#iteration);
      default:
        return '';
    }
  }
}
