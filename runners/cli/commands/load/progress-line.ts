/** How far a test is: one line that is written over on a terminal, and one now and then where there is none. */
import { formatMs } from '../../../../experiments/language/duration.ts';
import type { Progress } from '../../../load/k6/run/messages.ts';
import type { CliIo } from '../../io.ts';

/** Where lines stay, one is enough for so long. */
const PLAIN_EVERY_MS = 10_000;
const CLEAR_LINE = '\r\u001b[K';

export class ProgressLine {
  readonly #io: CliIo;
  readonly #quiet: boolean;
  #shown = false;
  #plainMs = PLAIN_EVERY_MS;

  constructor(io: CliIo, quiet: boolean) {
    this.#io = io;
    this.#quiet = quiet;
  }

  show({ elapsedMs, vusActive, vusInitialized, completed, interrupted }: Progress): void {
    if (this.#quiet) return;
    const text = `running ${formatMs(elapsedMs)}, ${vusActive} of ${vusInitialized} VUs, ${completed} complete and ${interrupted} interrupted iterations`;
    if (this.#io.stdout.isTTY === true) {
      this.#io.stdout.write(`${CLEAR_LINE}${text}`);
      this.#shown = true;
    } else if (elapsedMs >= this.#plainMs) {
      this.#io.stdout.write(`${text}\n`);
      this.#plainMs = elapsedMs + PLAIN_EVERY_MS;
    }
  }

  /** Makes room for other lines. */
  clear(): void {
    if (this.#shown) this.#io.stdout.write(CLEAR_LINE);
    this.#shown = false;
  }

  close(): void {
    this.clear();
  }
}
