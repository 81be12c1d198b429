/** Where something in generated code stands in the author's files. */
import { dirname, join } from 'node:path';
import { originalPositionFor, sourceContentFor, TraceMap } from '@jridgewell/trace-mapping';

/** A place in one of the author's files. Lines and columns count from 1. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly sourceLine: string;
}

/** The two source maps that lead from the code that runs to the author's files: our edits', then the bundle's. */
export interface ScriptMap {
  readonly entry: string;
  readonly edits: string;
  readonly bundle: string;
}

export class BundlePositions {
  readonly #entry: string;
  readonly #map: BundleMap;
  readonly #lineStarts: number[];

  constructor(entry: string, map: string, code: string) {
    this.#entry = entry;
    this.#map = new BundleMap(entry, map);
    this.#lineStarts = [0, ...Array.from(code.matchAll(/\n/g), (match) => match.index + 1)];
  }

  /** An offset in the bundle. What the bundler wrote itself stands for the entry's first line. */
  at(offset: number): SourcePlace {
    let low = 0;
    let high = this.#lineStarts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    const found = this.#map.trace(low + 1, offset - (this.#lineStarts[low] ?? 0));
    return found ?? { file: this.#entry, line: 1, column: 1, sourceLine: '' };
  }
}

/** A bundle's source map, and the author's lines. */
class BundleMap {
  readonly #entry: string;
  readonly #map: TraceMap;
  readonly #lines = new Map<string, string[]>();

  constructor(entry: string, map: string) {
    this.#entry = entry;
    this.#map = new TraceMap(map);
  }

  /** `line` counts from 1, `column` from 0. */
  trace(line: number, column: number): SourcePlace | undefined {
    const found = originalPositionFor(this.#map, { line, column });
    if (found.source === null) return undefined;
    return {
      file: join(dirname(this.#entry), found.source),
      line: found.line,
      column: found.column + 1,
      sourceLine: this.#linesOf(found.source)[found.line - 1] ?? '',
    };
  }

  #linesOf(source: string): string[] {
    const lines = this.#lines.get(source) ?? (sourceContentFor(this.#map, source) ?? '').split(/\r?\n/);
    this.#lines.set(source, lines);
    return lines;
  }
}

/** Reads the stacks of errors that one script throws. */
export class ScriptPositions {
  readonly #edits: TraceMap;
  readonly #bundle: BundleMap;
  readonly #frame: RegExp;

  constructor(map: ScriptMap) {
    this.#edits = new TraceMap(map.edits);
    this.#bundle = new BundleMap(map.entry, map.bundle);
    this.#frame = new RegExp(`${escaped(scriptName(map.entry))}:(\\d+):(\\d+)`);
  }

  /** The author's place in the topmost line of the stack that stands in the script. */
  originalPosition(stack: string): SourcePlace | undefined {
    for (const line of stack.split('\n')) {
      const place = this.#placeIn(line);
      if (place !== undefined) return place;
    }
    return undefined;
  }

  /** The stack with the author's places in it, without the lines of those who run the script. */
  originalStack(stack: string): string {
    const lines = stack.split('\n').map((line) => {
      const place = this.#placeIn(line);
      if (place !== undefined) return line.replace(this.#frame, `${place.file}:${place.line}:${place.column}`);
      return /^\s+at /.test(line) ? undefined : line;
    });
    return lines.filter((line) => line !== undefined).join('\n');
  }

  #placeIn(line: string): SourcePlace | undefined {
    const [, row, column] = this.#frame.exec(line) ?? [];
    if (row === undefined || column === undefined) return undefined;
    const bundled = originalPositionFor(this.#edits, { line: Number(row), column: Number(column) - 1 });
    return bundled.source === null ? undefined : this.#bundle.trace(bundled.line, bundled.column);
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** The name under which V8 knows the generated code. */
export function scriptName(entry: string): string {
  return `firedrill-script:${entry}`;
}
