/** Prints what a test says to standard error, in k6's form: the level, the seconds since the start, the text. */
import type { LogEntry } from '../../../load/k6/log.ts';
import type { CliIo } from '../../io.ts';

const WORDS: Readonly<Record<LogEntry['level'], string>> = { debug: 'DEBU', info: 'INFO', warn: 'WARN', error: 'ERRO' };

export interface PrinterOptions {
  /** `json`, `raw` or undefined for text. */
  readonly format: string | undefined;
  /** Prints `console.debug` too. */
  readonly verbose: boolean;
}

export class LogPrinter {
  readonly #io: CliIo;
  readonly #options: PrinterOptions;
  readonly #startMs = performance.now();

  constructor(io: CliIo, options: PrinterOptions) {
    this.#io = io;
    this.#options = options;
  }

  print({ level, text, source }: LogEntry): void {
    if (level === 'debug' && !this.#options.verbose) return;
    this.#io.stderr.write(`${this.#line(level, text, source)}\n`);
  }

  /** Why the test failed, last. */
  failure(text: string): void {
    this.print({ level: 'error', text, source: 'firedrill' });
  }

  #line(level: LogEntry['level'], text: string, source: string): string {
    const { format } = this.#options;
    if (format === 'raw') return text;
    if (format === 'json')
      return JSON.stringify({ level: level === 'warn' ? 'warning' : level, msg: text, source, time: new Date().toISOString() });
    const seconds = Math.floor((performance.now() - this.#startMs) / 1000);
    const more = source === 'console' ? '  source=console' : '';
    return `${WORDS[level]}[${String(seconds).padStart(4, '0')}] ${text}${more}`;
  }
}
