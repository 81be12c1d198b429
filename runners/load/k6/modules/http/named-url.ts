/** Stands in a name for each value; plain text, not a template. */
const HOLE = '\u0024{}';

/** What `` http.url`…` `` makes: a URL, and the name that its samples get, in which every value is `${}`. */
export class NamedUrl {
  readonly url: string;
  readonly name: string;

  constructor(strings: readonly string[], values: readonly unknown[]) {
    this.url = strings.reduce((text, piece, index) => `${text}${values[index - 1]}${piece}`);
    this.name = strings.join(HOLE);
  }

  toString(): string {
    return this.url;
  }
}
