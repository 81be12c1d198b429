/** A binary heap: whatever the order in which things are pushed, they come out by their own. Those after the one at n are at 2n + 1 and 2n + 2. */
export class Heap<Item extends object> {
  readonly #items: Item[] = [];
  readonly #before: (one: Item, other: Item) => boolean;

  /** `before` says whether one comes out before another. */
  constructor(before: (one: Item, other: Item) => boolean) {
    this.#before = before;
  }

  /** The one that comes out next. */
  get first(): Item | undefined {
    return this.#items[0];
  }

  push(item: Item): void {
    const items = this.#items;
    let place = items.length;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = items[above];
      if (!parent || this.#before(parent, item)) break;
      items[place] = parent;
      place = above;
    }
    items[place] = item;
  }

  shift(): Item | undefined {
    const items = this.#items;
    const [first] = items;
    const last = items.pop();
    if (!last || items.length === 0) return first;
    let place = 0;
    for (;;) {
      const [left, right] = [items[2 * place + 1], items[2 * place + 2]];
      const smaller = left && right && this.#before(right, left) ? right : left;
      if (!smaller || !this.#before(smaller, last)) break;
      items[place] = smaller;
      place = 2 * place + (smaller === left ? 1 : 2);
    }
    items[place] = last;
    return first;
  }

  clear(): void {
    this.#items.length = 0;
  }
}
