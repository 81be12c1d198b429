/** What a test says: its `console`, what its iterations threw, and what it should know. Equal failures are told once and counted. */

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** What `console` has, and how loud it is. */
export const CONSOLE_LEVELS: readonly (readonly [method: string, level: LogLevel])[] = [
  ['log', 'info'],
  ['info', 'info'],
  ['debug', 'debug'],
  ['warn', 'warn'],
  ['error', 'error'],
];

export interface LogEntry {
  readonly level: LogLevel;
  readonly text: string;
  /** `console`, `stacktrace`, or who else speaks. */
  readonly source: string;
}

/** Different failures that are told; further ones are only counted. */
const FAILURES_TOLD_MAX = 100;
/** Characters of one entry. */
const TEXT_MAX = 10_000;

/** How often failures came that are told once each, by their texts; `untold` are those of yet other kinds. */
export interface FailureCounts {
  readonly failures: readonly (readonly [text: string, count: number])[];
  readonly untold: number;
}

export class Log {
  readonly #tell: (entry: LogEntry) => void;
  readonly #failures = new Map<string, number>();
  #untold = 0;

  constructor(tell: (entry: LogEntry) => void) {
    this.#tell = tell;
  }

  say(level: LogLevel, text: string, source: string): void {
    this.#tell({ level, source, text: text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text });
  }

  /** A failure that will come again. */
  failure(text: string): void {
    const count = this.#failures.get(text);
    if (count !== undefined) this.#failures.set(text, count + 1);
    else if (this.#failures.size >= FAILURES_TOLD_MAX) this.#untold += 1;
    else {
      this.#failures.set(text, 1);
      this.say('error', text, 'stacktrace');
    }
  }

  /** What another process of the same test told already, but for how often. */
  absorb({ failures, untold }: FailureCounts): void {
    this.#untold += untold;
    for (const [text, count] of failures) {
      if (!this.#failures.has(text) && this.#failures.size >= FAILURES_TOLD_MAX) this.#untold += count;
      else this.#failures.set(text, (this.#failures.get(text) ?? 0) + count);
    }
  }

  get counts(): FailureCounts {
    return { failures: [...this.#failures], untold: this.#untold };
  }

  /** Says how often what was told once has come. */
  close(): void {
    for (const [text, count] of this.#failures) {
      if (count > 1) this.say('error', `${count} times in all: ${text.split('\n', 1)[0]}`, 'stacktrace');
    }
    if (this.#untold > 0) this.say('error', `${this.#untold} failures of yet other kinds`, 'stacktrace');
  }
}

/** One line of `console`: texts as they are, the rest as JSON where it has one. */
export function consoleText(values: readonly unknown[]): string {
  return values.map(valueText).join(' ');
}

function valueText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return value.stack ?? String(value);
  if (typeof value === 'function') return '[object Function]';
  if (typeof value !== 'object' || value === null) return String(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
