/** Draws small scripts of loops, conditions, functions and calls, some of which wait. The same seed draws the same script. */
import { createRandom, type Random } from '../../../../../runners/load/pacing/random.ts';

/** How deep statements and expressions nest at most. */
const DEPTH_MAX = 2;
/** Calls of the script's own functions in one iteration at most: recursion ends by it. */
const FUEL = 20;

class Drawing {
  readonly #random: Random;
  readonly #functions: number;
  #names = 0;

  constructor(seed: number) {
    this.#random = createRandom(seed, 'program');
    this.#functions = 2 + this.#below(4);
  }

  program(): string {
    const functions = Array.from({ length: this.#functions }, (_, index) => this.#function(index)).join('\n');
    const table = Array.from(
      { length: this.#functions },
      (_, index) => `k${index}: ${this.#oneOf([`f${index}`, `(n) => f${index}(n)`, `function (n) { return f${index}.call(this, n); }`])}`,
    );
    return `import http from 'k6/http';
import { check, group, sleep } from 'k6';
let fuel = 0;
${functions}
const table = { ${table.join(', ')} };
const list = [${Array.from({ length: 2 }, () => this.#callback(1)).join(', ')}];
class Base { run(n) { return n + ${this.#below(9)}; } go(n) { return this.run(n); } }
class Derived extends Base { run(n) { ${this.#statements(2, ['n'])} return super.run(n) + 1; } }
export default function () {
  fuel = ${FUEL};
  ${this.#statements(0, [])}
  console.log(f0(1), new Derived().go(2));
}`;
  }

  #function(index: number): string {
    const body = `if (fuel-- <= 0) return a; ${this.#statements(0, ['a'])} return ${this.#expression(0, ['a'])};`;
    const own = `f${index}`;
    return this.#oneOf([
      `function ${own}(a) { ${body} }`,
      `const ${own} = (a) => { ${body} };`,
      `const ${own} = function (a) { ${body} };`,
    ]);
  }

  #statements(depth: number, names: readonly string[]): string {
    const known = [...names];
    return Array.from({ length: 1 + this.#below(3) }, () => this.#statement(depth, known)).join(' ');
  }

  #statement(depth: number, names: string[]): string {
    const value = (): string => this.#expression(depth, names);
    const inner = (more: string[] = []): string => this.#statements(depth + 1, [...names, ...more]);
    if (depth >= DEPTH_MAX) return `console.log(${value()});`;
    const name = `v${this.#names++}`;
    const kinds = [
      () => {
        const text = `let ${name} = ${value()};`;
        names.push(name);
        return text;
      },
      () => `if (${value()} % 2 === 0) { ${inner()} } else { ${inner()} }`,
      () => `for (let ${name} = 0; ${name} < ${1 + this.#below(2)}; ${name}++) { ${inner([name])} }`,
      () => `for (const ${name} of [${value()}, ${value()}]) { if (${name} > 300) continue; ${inner([name])} }`,
      () => `{ let ${name} = 0; while (${name}++ < 2) { ${inner([name])} if (${value()} > 500) break; } }`,
      () =>
        `try { ${inner()} if (${value()} > 100) throw ${value()}; } catch (${name}) { console.log('caught', ${name} && 1); } finally { ${inner()} }`,
      () => `[${value()}, 2].forEach((${name}) => { ${inner([name])} });`,
      () => `switch (${value()} % 3) { case 0: ${inner()} break; case ${value()}: ${inner()} default: ${inner()} }`,
      () => `group('${name}', () => { ${inner()} });`,
      () => `sleep(${value()});`,
      () => `console.log(${value()});`,
    ];
    return this.#oneOf(kinds)();
  }

  #expression(depth: number, names: readonly string[]): string {
    const value = (): string => this.#expression(depth + 1, names);
    const leaf = (): string => (names.length > 0 && this.#below(2) === 0 ? this.#oneOf(names) : String(this.#below(10)));
    if (depth >= DEPTH_MAX) return leaf();
    const kinds = [
      leaf,
      leaf,
      () => `(${value()} + ${value()})`,
      () => `(${value()} > 3 ? ${value()} : ${value()})`,
      () => `(${value()} || ${value()})`,
      () => `http.get('/' + ${value()}).status`,
      () => `f${this.#below(this.#functions)}(${value()})`,
      () => `table['k' + ${this.#below(this.#functions)}](${value()})`,
      () => `table.k${this.#below(this.#functions)}?.(${value()})`,
      () => `(fuel-- > 0 ? list[${this.#below(2)}](${value()}) : 0)`,
      () => `[${value()}, ${value()}].map(${this.#callback(depth + 1)}).reduce((all, one) => all + one, 0)`,
      () => `Number(check(${value()}, { ok: ${this.#callback(depth + 1)} }))`,
      () => `(${value()}, ${value()})`,
    ];
    return this.#oneOf(kinds)();
  }

  #callback(depth: number): string {
    const name = `p${this.#names++}`;
    const value = this.#expression(depth, [name]);
    return this.#oneOf([
      `(${name}) => ${value}`,
      `function (${name}) { return ${value}; }`,
      `(${name}) => { console.log(${name}); return ${value}; }`,
    ]);
  }

  #below(limit: number): number {
    return Math.floor(this.#random.next() * limit);
  }

  #oneOf<Choice>(choices: readonly Choice[]): Choice {
    const choice = choices[this.#below(choices.length)];
    if (choice === undefined) throw new Error('nothing to choose from');
    return choice;
  }
}

export function drawProgram(seed: number): string {
  return new Drawing(seed).program();
}
