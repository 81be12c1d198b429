/**
 * Who lives and who leads, by heartbeats: a node of which nothing was heard for `timeoutMs` is dead, and lives again with its next beat. When the
 * leader dies, the first living node by name leads, under a new token; one that returns does not get its office back. The first leader is appointed
 * when everybody has had time for a beat. Pure, but for what it remembers.
 */

export interface Office {
  readonly leader: string | undefined;
  /** Grows with every leader; what carries an older one was sent by somebody who did not know yet. */
  readonly token: number;
}

interface Member {
  heardMs: number;
  lives: boolean;
  deaths: number;
}

/** k intervals and a margin: a node may miss k − 1 beats, and the next may be late by the margin. */
export function timeoutMs(misses: number, intervalMs: number, marginMs: number): number {
  return misses * intervalMs + marginMs;
}

export class Membership {
  readonly #timeoutMs: number;
  readonly #members = new Map<string, Member>();
  #office: Office;
  #firstHeardMs: number | undefined;

  /** The first leader's token is one above `lastToken`: whoever remembers nothing begins above all that was ever given. */
  constructor(timeout: number, lastToken = 0) {
    this.#timeoutMs = timeout;
    this.#office = { leader: undefined, token: lastToken };
  }

  get office(): Office {
    return this.#office;
  }

  /** A beat was heard. */
  beat(name: string, nowMs: number): void {
    this.#firstHeardMs ??= nowMs;
    const member = this.#members.get(name);
    if (member) Object.assign(member, { heardMs: nowMs, lives: true });
    else this.#members.set(name, { heardMs: nowMs, lives: true, deaths: 0 });
  }

  /** Time has passed; answers with those that are dead since. */
  look(nowMs: number): readonly string[] {
    const dead = [...this.#members].filter(([, { lives, heardMs }]) => lives && nowMs - heardMs > this.#timeoutMs);
    for (const [, member] of dead) Object.assign(member, { lives: false, deaths: member.deaths + 1 });
    if (this.#firstHeardMs !== undefined && nowMs - this.#firstHeardMs > this.#timeoutMs) this.#appoint();
    return dead.map(([name]) => name);
  }

  /** By name. */
  members(): readonly (Readonly<Pick<Member, 'lives' | 'deaths'>> & { readonly name: string })[] {
    return [...this.#members]
      .map(([name, { lives, deaths }]) => ({ name, lives, deaths }))
      .sort((one, other) => one.name.localeCompare(other.name));
  }

  #appoint(): void {
    const living = this.members().filter(({ lives }) => lives);
    if (living.some(({ name }) => name === this.#office.leader)) return;
    const [first] = living;
    if (first) this.#office = { leader: first.name, token: this.#office.token + 1 };
  }
}
