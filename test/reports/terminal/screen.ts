/** A terminal of so many columns that understands line breaks, carriage return, cursor up, clear below and colours, and nothing else. */

export interface FakeScreen {
  readonly output: { write(text: string): void; columns: number; isTTY: boolean; color: boolean };
  /** The rows as a person sees them, without colours and trailing blanks. */
  rows(): string[];
  /** Makes the window narrower or wider; lines that had wrapped are wrapped anew, as terminals do. */
  resize(columns: number): void;
  /** Everything written, escape codes included. */
  written(): string;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape codes begin with one
const CODE = /\u001b\[(\d*)([A-Za-z])/y;

/** Starts with `before` on the screen and the cursor below it. Throws on a code it does not know. */
export function fakeScreen(columns: number, options: { color?: boolean; before?: readonly string[] } = {}): FakeScreen {
  let rows: string[][] = (options.before ?? []).map((line) => [...line]);
  /** Rows that go on from the one above. */
  let wrapped = new Set<number>();
  let written = '';
  let row = rows.length;
  let column = 0;
  const put = (letter: string): void => {
    if (column >= output.columns) {
      row += 1;
      column = 0;
      wrapped.add(row);
    }
    while (rows.length <= row) rows.push([]);
    const line = rows[row] ?? [];
    while (line.length < column) line.push(' ');
    line[column] = letter;
    column += 1;
  };
  const obey = (count: string, code: string): void => {
    if (code === 'A') row = Math.max(0, row - Number(count || 1));
    else if (code === 'J') {
      for (let gone = row + 1; gone < rows.length; gone += 1) wrapped.delete(gone);
      rows.length = Math.min(rows.length, row + 1);
      rows[row]?.splice(column);
    } else if (code !== 'm') throw new Error(`the screen does not know the code ${code}`);
  };
  const output = {
    columns,
    isTTY: true,
    color: options.color ?? false,
    write(text: string) {
      written += text;
      for (let index = 0; index < text.length; ) {
        CODE.lastIndex = index;
        const match = CODE.exec(text);
        const letter = text[index] ?? '';
        if (match) {
          obey(match[1] ?? '', match[2] ?? '');
          index = CODE.lastIndex;
          continue;
        }
        if (letter === '\n') {
          row += 1;
          column = 0;
        } else if (letter === '\r') column = 0;
        else put(letter);
        index += 1;
      }
    },
  };
  const resize = (to: number): void => {
    const lines: string[][] = [];
    rows.forEach((letters, index) => {
      if (wrapped.has(index)) lines.at(-1)?.push(...letters);
      else lines.push([...letters]);
    });
    output.columns = to;
    rows = [];
    wrapped = new Set();
    for (const line of lines) {
      for (let start = 0; start === 0 || start < line.length; start += to) {
        if (start > 0) wrapped.add(rows.length);
        rows.push(line.slice(start, start + to));
      }
    }
    row = rows.length;
    column = 0;
  };
  return { output, resize, rows: () => rows.map((line) => line.join('').trimEnd()), written: () => written };
}
