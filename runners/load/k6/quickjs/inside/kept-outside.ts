/** What is kept outside for objects of here, by numbers: each number is let go when nobody has its object any more. */

interface Kept {
  readonly number: number;
  readonly holder: WeakRef<object>;
}

/** Numbers to let go that may wait for the next request. */
const GONE_MAX = 100;

export class KeptOutside {
  readonly #tellGone: (numbers: readonly number[]) => void;
  #made = 0;
  #kept: Kept[] = [];
  #gone: number[] = [];
  /** So many are looked through: twice those that were left the last time, so that looking costs each of them little. */
  #lookAt = 1;

  constructor(tellGone: (numbers: readonly number[]) => void) {
    this.#tellGone = tellGone;
  }

  /** The first of so many new numbers. */
  next(count = 1): number {
    const first = this.#made + 1;
    this.#made += count;
    return first;
  }

  /** What is kept by this number is, until the holder is gone. */
  hold(number: number, holder: object): void {
    this.#kept.push({ number, holder: new WeakRef(holder) });
    if (this.#kept.length > GONE_MAX) this.#look();
    if (this.#gone.length > GONE_MAX) this.#tellGone(this.takeGone());
  }

  /** The numbers that are to be let go, each once. */
  takeGone(): readonly number[] {
    this.#look();
    const gone = this.#gone;
    if (gone.length > 0) this.#gone = [];
    return gone;
  }

  #look(): void {
    if (this.#kept.length < this.#lookAt) return;
    const kept: Kept[] = [];
    for (const each of this.#kept) {
      if (each.holder.deref() === undefined) this.#gone.push(each.number);
      else kept.push(each);
    }
    this.#kept = kept;
    this.#lookAt = Math.max(1, kept.length * 2);
  }
}
