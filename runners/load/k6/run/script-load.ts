/** A k6 script as the load of an experiment, or a part of it: its samples go where those of the scenarios go. */
import { dirname, relative } from 'node:path';
import type { LoadScript } from '../../../../experiments/language/experiment.ts';
import { EXIT, FiredrillError } from '../../../failure.ts';
import { STOP_GRACE_MS } from '../../generator/generator-process.ts';
import type { FromGenerator, NoteLevel } from '../../generator/messages.ts';
import type { AskedTags } from '../../recording/asked-series.ts';
import { K6_EXIT, ScriptFailure } from '../exit-codes.ts';
import type { LogEntry } from '../log.ts';
import { parseOptions } from '../options/parse.ts';
import type { FromScript, ScriptDescription, ScriptOrder } from './messages.ts';
import { SILENCE_MS_MAX } from './script-process.ts';
import { ScriptTeam } from './script-team.ts';

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
  readonly askedTags?: AskedTags | undefined;
  readonly onScript?: ((description: ScriptDescription) => void) | undefined;
  readonly onNote?: ((level: NoteLevel, text: string) => void) | undefined;
  /** `process` counts from 0. */
  readonly hear: (message: FromGenerator, process: number) => void;
  readonly silenceMsMax?: number | undefined;
  /** Processes that share the test; default by its plan and the cores that the scenarios leave. */
  readonly generators?: number | undefined;
  readonly coresTaken?: number | undefined;
  readonly onTeam?: ((processes: number) => void) | undefined;
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
  readonly #team: ScriptTeam;
  #notes = 0;

  constructor(options: ScriptLoadOptions) {
    const { script, startNs, seed, askedTags, silenceMsMax, generators, coresTaken, onTeam } = options;
    this.#options = options;
    this.#team = new ScriptTeam({
      order: orderOfLoad(script, seed, askedTags),
      startNs,
      silenceMsMax,
      processes: generators,
      coresTaken,
      onTeam,
      hear: (message, process) => this.#hear(message, process),
    });
    this.done = this.#settle();
  }

  get pids(): readonly number[] {
    return this.#team.pids;
  }

  /** Ends it early: what is under way gets a short grace, then comes teardown. Never rejects; may be called twice. */
  async stop(): Promise<void> {
    this.#team.stop(STOP_GRACE_MS, 'end');
    await this.#team.goneWithin(STOP_GRACE_MS + TEARDOWN_MS_MAX + SILENCE_MS_MAX);
  }

  async #settle(): Promise<void> {
    const { script } = this.#options;
    try {
      const { exitCode, reason } = await this.#team.done;
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

  #hear(message: FromScript, process: number): void {
    switch (message.type) {
      case 'described':
        this.#options.onScript?.(message.description);
        break;
      case 'log': {
        const level = LEVELS[message.entry.level];
        if (level) this.#note(level, message.entry.text);
        break;
      }
      case 'series':
      case 'metric':
      case 'note':
      case 'frame':
      case 'facts':
      case 'ended':
        this.#options.hear(message, process);
    }
  }

  #note(level: NoteLevel, text: string): void {
    this.#notes += 1;
    if (this.#notes <= NOTES_MAX) this.#options.onNote?.(level, `script: ${text}`);
    else if (this.#notes === NOTES_MAX + 1)
      this.#options.onNote?.('warning', `script: it has said ${NOTES_MAX} things, the rest is left out`);
  }
}
