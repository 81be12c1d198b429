/** A k6 script as the load of an experiment, or a part of it: its samples go where those of the scenarios go. */
import { dirname, relative } from 'node:path';
import type { LoadScript } from '../../../../experiments/language/experiment.ts';
import { EXIT, FiredrillError } from '../../../failure.ts';
import { STOP_GRACE_MS } from '../../generator/generator-process.ts';
import type { FromGenerator, NoteLevel } from '../../generator/messages.ts';
import { K6_EXIT, ScriptFailure } from '../exit-codes.ts';
import type { AskedTags } from '../journal-tap.ts';
import type { LogEntry } from '../log.ts';
import { parseOptions } from '../options/parse.ts';
import type { FromScript, ScriptDescription, ScriptOrder } from './messages.ts';
import { ScriptProcess, SILENCE_MS_MAX } from './script-process.ts';

/** Lines of a script that get into the journal; further ones are left out, and that is said. */
const NOTES_MAX = 200;
/** A teardown gets this long when a run ends. */
const TEARDOWN_MS_MAX = 15_000;

/** A test that went to its end, whatever its own thresholds say: the experiment judges by its objectives. */
const ENDED: ReadonlySet<number> = new Set([K6_EXIT.passed, K6_EXIT.thresholds, K6_EXIT.markedFailed]);

const LEVELS: Readonly<Record<LogEntry['level'], NoteLevel | undefined>> = {
  debug: undefined,
  info: 'info',
  warn: 'warning',
  error: 'error',
};

export interface ScriptLoadOptions {
  readonly script: LoadScript;
  readonly startNs: bigint;
  readonly seed: number;
  readonly scriptTags?: AskedTags | undefined;
  readonly onScript?: ((description: ScriptDescription) => void) | undefined;
  readonly onNote?: ((level: NoteLevel, text: string) => void) | undefined;
  readonly hear: (message: FromGenerator) => void;
  readonly silenceMsMax?: number | undefined;
}

/** The order that an experiment's script stands for. Throws FiredrillError where its options are wrong. */
export function orderOfLoad({ path, env, options }: LoadScript, seed: number, journalTags: AskedTags = {}): ScriptOrder {
  const parsed = parseOptions(options, 'load: with');
  if (parsed.problems.length > 0) throw new FiredrillError('load.script', parsed.problems.join('\n'), { exitCode: EXIT.experimentWrong });
  return {
    path,
    folder: dirname(path),
    environment: env,
    sources: { below: [], above: [parsed.options] },
    switches: { setup: true, teardown: true, thresholds: true, summary: false },
    terminals: { noColor: true, stdoutIsTerminal: false, stderrIsTerminal: false },
    seed,
    journalTags,
  };
}

export class ScriptLoad {
  /** Rejects with FiredrillError where the script could not run to its end. */
  readonly done: Promise<void>;
  readonly #options: ScriptLoadOptions;
  readonly #process: ScriptProcess;
  #notes = 0;

  constructor(options: ScriptLoadOptions) {
    const { script, startNs, seed, scriptTags, silenceMsMax } = options;
    this.#options = options;
    this.#process = new ScriptProcess({
      order: orderOfLoad(script, seed, scriptTags),
      startNs,
      runs: true,
      silenceMsMax,
      hear: (message) => this.#hear(message),
    });
    this.done = this.#settle();
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Ends it early: what is under way gets a short grace, then comes teardown. Never rejects; may be called twice. */
  async stop(): Promise<void> {
    this.#process.stop(STOP_GRACE_MS, 'end');
    await this.#process.goneWithin(STOP_GRACE_MS + TEARDOWN_MS_MAX + SILENCE_MS_MAX);
  }

  async #settle(): Promise<void> {
    const { script } = this.#options;
    try {
      const { exitCode, reason } = await this.#process.done;
      if (!ENDED.has(exitCode)) throw new ScriptFailure(reason ?? `exit code ${exitCode}`, exitCode);
      if (reason !== undefined) this.#note('error', reason);
    } catch (error) {
      if (!(error instanceof ScriptFailure)) throw error;
      const name = relative(process.cwd(), script.path);
      throw new FiredrillError('load.script', `the script ${name} did not run to its end: ${error.message}`, {
        hint: error.hint,
        exitCode: EXIT.inconclusive,
      });
    }
  }

  #hear(message: FromScript): void {
    switch (message.type) {
      case 'described':
        this.#options.onScript?.(message.description);
        break;
      case 'log': {
        const level = LEVELS[message.entry.level];
        if (level) this.#note(level, message.entry.text);
        break;
      }
      case 'progress':
      case 'result':
        break;
      default:
        this.#options.hear(message);
    }
  }

  #note(level: NoteLevel, text: string): void {
    this.#notes += 1;
    if (this.#notes <= NOTES_MAX) this.#options.onNote?.(level, `script: ${text}`);
    else if (this.#notes === NOTES_MAX + 1)
      this.#options.onNote?.('warning', `script: it has said ${NOTES_MAX} things, the rest is left out`);
  }
}
