/**
 * Where values may flow: inclusion constraints between sets, solved by a worklist (Andersen, "Program Analysis and
 * Specialization for the C Programming Language", 1994, chapter 4). Sets only grow, so the order does not matter.
 */
import type { Token } from './tokens.ts';

/** Steps of the worklist for one script; past them it is too large to follow. A script of 2,000 lines takes some 10⁵; some large libraries take more than this. */
const STEPS_MAX = 5_000_000;

/** What one expression, variable or property may hold. */
export class Slot {
  readonly tokens = new Set<Token>();
  readonly targets = new Set<Slot>();
  readonly listeners: ((token: Token) => void)[] = [];
}

export class Graph {
  readonly #work: { slot: Slot; token: Token }[] = [];
  #steps = 0;

  add(slot: Slot, token: Token): void {
    if (slot.tokens.has(token)) return;
    slot.tokens.add(token);
    if (slot.targets.size > 0 || slot.listeners.length > 0) this.#work.push({ slot, token });
  }

  /** Whatever `from` holds, now or later, `to` holds too. */
  flow(from: Slot, to: Slot): void {
    if (from === to || from.targets.has(to)) return;
    from.targets.add(to);
    for (const token of from.tokens) this.add(to, token);
  }

  /** Tells each token of a slot once, those that come later too. */
  each(slot: Slot, listener: (token: Token) => void): void {
    const told = new Set<Token>();
    const once = (token: Token): void => {
      if (told.has(token)) return;
      told.add(token);
      listener(token);
    };
    slot.listeners.push(once);
    for (const token of [...slot.tokens]) once(token);
  }

  /** Works until nothing changes. False: given up, the sets are incomplete. */
  solve(): boolean {
    for (let next = this.#work.pop(); next !== undefined; next = this.#work.pop()) {
      const { slot, token } = next;
      this.#steps += slot.targets.size + slot.listeners.length;
      if (this.#steps > STEPS_MAX) return false;
      for (const target of slot.targets) this.add(target, token);
      for (const listener of [...slot.listeners]) listener(token);
    }
    return true;
  }
}
