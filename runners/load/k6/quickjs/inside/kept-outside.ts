/** What is kept outside for objects of here, by numbers: each number is let go when nobody has its object any more. */

/** Characters of the numbers to let go that may wait for the next request. */
const GONE_MAX = 500;

export class KeptOutside {
  readonly #tellGone: (numbers: string) => void;
  #made = 0;
  /** The last one, which mostly is gone before the next: it is looked at alone. */
  #latest: WeakRef<object> | undefined;
  #latestNumber = 0;
  readonly #numbers: number[] = [];
  readonly #holders: WeakRef<object>[] = [];
  /** So many are looked through: twice those that were left the last time, so that looking costs each of them little. */
  #lookAt = 1;
  /** Numbers to let go, with commas. */
  #gone = '';

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
    if (this.#latest !== undefined) this.#lookAtLatest(this.#latest);
    this.#latest = new WeakRef(holder);
    this.#latestNumber = number;
    if (this.#numbers.length >= this.#lookAt) this.#look();
    if (this.#gone.length > GONE_MAX) this.#tellGone(this.takeGone());
  }

  /** The numbers that are to be let go, each once, with commas; empty where there are none. */
  takeGone(): string {
    if (this.#latest !== undefined) this.#lookAtLatest(this.#latest);
    if (this.#numbers.length >= this.#lookAt) this.#look();
    const gone = this.#gone;
    this.#gone = '';
    return gone;
  }

  #lookAtLatest(holder: WeakRef<object>): void {
    this.#latest = undefined;
    if (holder.deref() === undefined) this.#letGo(this.#latestNumber);
    else {
      this.#numbers.push(this.#latestNumber);
      this.#holders.push(holder);
    }
  }

  #look(): void {
    const numbers = this.#numbers;
    const holders = this.#holders;
    let kept = 0;
    for (let index = 0; index < numbers.length; index += 1) {
      const number = numbers[index];
      const holder = holders[index];
      if (number === undefined || holder === undefined) continue;
      if (holder.deref() === undefined) this.#letGo(number);
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

  #letGo(number: number): void {
    this.#gone = this.#gone === '' ? String(number) : `${this.#gone},${number}`;
  }
}
