/** The body of an answer as it comes in, for those who want it, within bounds: of one body, and of all that are coming in. */

/** What is kept of one body; the rest is read, counted and let go. */
export const BODY_BYTES_KEPT_MAX = 16 * 1024 * 1024;
/** What is kept of all bodies that are under way at once, over the connections that share a budget. */
export const BODIES_BYTES_KEPT_MAX = 256 * 1024 * 1024;
const FIRST_CAPACITY = 64 * 1024;

export class BodyBudget {
  #left: number;

  constructor(bytesMax = BODIES_BYTES_KEPT_MAX) {
    this.#left = bytesMax;
  }

  /** Whether there was room; it is taken then. */
  take(bytes: number): boolean {
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }

  give(bytes: number): void {
    this.#left += bytes;
  }
}

const EMPTY = Buffer.alloc(0);

/** A body of one piece, the usual, isn't copied; others grow in one buffer, so that a body in single bytes costs no more than its bytes. */
export class KeptBody {
  readonly #budget: BodyBudget;
  #store: Buffer = EMPTY;
  /** The store is ours, and its room is from the budget. */
  #owned = false;
  #length = 0;
  #cut = false;

  constructor(budget: BodyBudget) {
    this.#budget = budget;
  }

  append(piece: Buffer): void {
    if (this.#cut) return;
    if (this.#length === 0) {
      this.#store = piece;
      this.#length = piece.length;
      return;
    }
    const fitting = piece.subarray(0, BODY_BYTES_KEPT_MAX - this.#length);
    const room = this.#makeRoom(this.#length + fitting.length);
    this.#cut = !room || fitting.length < piece.length;
    if (!room) return;
    fitting.copy(this.#store, this.#length);
    this.#length += fitting.length;
  }

  /** What was kept; it is empty again. */
  end(): Buffer {
    const body = this.#store.subarray(0, this.#length);
    this.clear();
    return body;
  }

  clear(): void {
    if (this.#owned) this.#budget.give(this.#store.length);
    this.#store = EMPTY;
    this.#owned = false;
    this.#length = 0;
    this.#cut = false;
  }

  #makeRoom(bytes: number): boolean {
    if (this.#owned && bytes <= this.#store.length) return true;
    const capacity = Math.min(BODY_BYTES_KEPT_MAX, Math.max(FIRST_CAPACITY, bytes, this.#store.length * 2));
    const held = this.#owned ? this.#store.length : 0;
    if (!this.#budget.take(capacity - held)) return false;
    const grown = Buffer.allocUnsafeSlow(capacity);
    this.#store.copy(grown, 0, 0, this.#length);
    this.#store = grown;
    this.#owned = true;
    return true;
  }
}
