/** A binary heap of counters that only grow, the least on top: each knows its place, so that growing costs log n. */

/** What the heap orders; `place` is the heap's own. */
interface Counter {
  readonly name: string;
  count: number;
  place: number;
}

export class LeastFirst {
  readonly #counters: Counter[] = [];

  get least(): Counter | undefined {
    return this.#counters[0];
  }

  put(counter: Counter): void {
    let place = this.#counters.length;
    this.#counters.push(counter);
    while (place > 0) {
      const above = this.#counters[(place - 1) >> 1];
      if (!above || above.count <= counter.count) break;
      this.#set(place, above);
      place = (place - 1) >> 1;
    }
    this.#set(place, counter);
  }

  /** Takes the least one out. */
  take(): Counter | undefined {
    const least = this.#counters[0];
    const last = this.#counters.pop();
    if (last && last !== least) {
      this.#set(0, last);
      this.grew(last);
    }
    return least;
  }

  /** Puts a counter that has grown back in order. */
  grew(counter: Counter): void {
    let { place } = counter;
    for (;;) {
      const [left, right] = [this.#counters[2 * place + 1], this.#counters[2 * place + 2]];
      const lesser = right && left && right.count < left.count ? right : left;
      if (!lesser || lesser.count >= counter.count) break;
      const below = lesser.place;
      this.#set(place, lesser);
      place = below;
    }
    this.#set(place, counter);
  }

  #set(place: number, counter: Counter): void {
    this.#counters[place] = counter;
    counter.place = place;
  }
}
