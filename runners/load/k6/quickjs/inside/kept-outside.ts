/** What is kept outside for objects of here, by numbers: each number is let go when nobody has its object any more. */

/** Numbers to let go that may wait for the next request. */
const GONE_MAX = 100;

export class KeptOutside {
  readonly #tellGone: (numbers: string) => void;
  #made = 0;
  #numbers: number[] = [];
  #holders: WeakRef<object>[] = [];
  #gone: number[] = [];
  /** So many are looked through: twice those that were left the last time, so that looking costs each of them little. */
  #lookAt = 1;

  constructor(tellGone: (numbers: string) => void) {
    this.#tellGone = tellGone;
  }

  /** The first of so many new numbers. */
  next(count: number): number {
    const first = this.#made + 1;
    this.#made += count;
    return first;
  }

  /** What is kept by this number is, until the holder is gone. */
  hold(number: number, holder: object): void {
    this.#numbers.push(number);
    this.#holders.push(new WeakRef(holder));
    if (this.#numbers.length <= GONE_MAX) return;
    this.#look();
    if (this.#gone.length > GONE_MAX) this.#tellGone(this.takeGone());
  }

  /** The numbers that are to be let go, each once, with commas; empty where there are none. */
  takeGone(): string {
    this.#look();
    if (this.#gone.length === 0) return '';
    const gone = this.#gone.join();
    this.#gone = [];
    return gone;
  }

  #look(): void {
    const numbers = this.#numbers;
    if (numbers.length < this.#lookAt) return;
    const holders = this.#holders;
    let kept = 0;
    for (let index = 0; index < numbers.length; index += 1) {
      const number = numbers[index];
      const holder = holders[index];
      if (number === undefined || holder === undefined) continue;
      if (holder.deref() === undefined) this.#gone.push(number);
      else {
        numbers[kept] = number;
        holders[kept] = holder;
        kept += 1;
      }
    }
    numbers.length = kept;
    holders.length = kept;
    this.#lookAt = Math.max(1, kept * 2);
  }
}
