/** First in, first out, without moving what waits. */

/** Served places are given back once they are this many and most of the list. */
const COMPACT_FROM = 1024;

export class Fifo<Item> {
  #items: (Item | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  push(item: Item): void {
    this.#items.push(item);
  }

  shift(): Item | undefined {
    if (this.#head >= this.#items.length) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head] = undefined;
    this.#head += 1;
    if (this.#head >= COMPACT_FROM && this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Takes out those that meet a condition; the others keep their order. */
  take(meets: (item: Item) => boolean): Item[] {
    const items = this.#items.slice(this.#head);
    if (!items.some((item) => item !== undefined && meets(item))) return [];
    const taken: Item[] = [];
    const kept: Item[] = [];
    for (const item of items) if (item !== undefined) (meets(item) ? taken : kept).push(item);
    this.#items = kept;
    this.#head = 0;
    return taken;
  }
}
