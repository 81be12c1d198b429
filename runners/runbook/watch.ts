/**
 * The watch: every probe looks at each of its containers on its own interval, through the whole run. Looks are due at a
 * fixed rate (first + n × interval and a little by chance, no drift); a look that is still under way when the next is due makes that one
 * skipped, so a series never overlaps itself and never holds up another. A crash of one probe is an unknown reading.
 */
import type { NamedProbe } from '../../experiments/language/experiment.ts';
import type { OpenProbe, Probe, ProbeTarget, ProbeTools, Reading } from '../../probes/probe.ts';
import { EXIT, FiredrillError } from '../failure.ts';
import type { EventBody } from '../journal/events.ts';

/** First looks are spread over the interval, but over this at most, so that a slow probe has a reading early. */
export const FIRST_LOOK_MS_MAX = 1000;
/** Each look but the first is up to this share of the interval late, by chance: probes that fall together once, or with something that the system does on a clock of its own, do not for the whole run. */
export const JITTER_SHARE = 0.05;
/** A limit that is noticed this much too late was noticed by a runner that stood still: it may have missed the answer. */
export const LIMIT_LATE_MS_MAX = 100;
/** What a probe may take beyond its timeout to give in. Beyond it, the probe or this whole process stood still: unknown. */
export const GRACE_MS = 1000;
/** What stopping may take in all: looks giving in, connections closing. What is still open then ends with the process. */
export const STOP_MS_MAX = 2000;

export type ReadingBody = Extract<EventBody, { readonly type: 'probe.reading' }>;

export interface WatchOptions {
  readonly probes: readonly NamedProbe[];
  /** The kinds there are. */
  readonly kinds: readonly Probe[];
  /** The containers of a target by its name, asked before every look, because addresses change when a container restarts. */
  readonly targetsOf: (target: string) => readonly ProbeTarget[];
  readonly tools: ProbeTools;
  /** The run's clock. */
  readonly nowMs: () => number;
  /** Hears every reading; `container` in it is the container's name. */
  readonly onReading: (reading: ReadingBody) => void;
  /** 0 ≤ x < 1; spreads the looks. */
  readonly random: () => number;
  /** Ends the watch as `stop` does. */
  readonly signal: AbortSignal;
  /** Calls back after a delay and returns how to cancel; default real timers. */
  readonly after?: After;
}

export type After = (delayMs: number, callback: () => void) => () => void;

export interface Watch {
  /** Ends all looks and closes all probes, within STOP_MS_MAX. No reading comes afterwards. May be called twice. */
  stop(): Promise<void>;
}

const realTime: After = (delayMs, callback) => {
  const timer = setTimeout(callback, delayMs);
  return () => clearTimeout(timer);
};

/** Starts to watch. Throws FiredrillError where a probe's kind is not among `kinds`. */
export function startWatch(options: WatchOptions): Watch {
  const after = options.after ?? realTime;
  const kinds = new Map(options.kinds.map((kind) => [kind.name, kind]));
  const series = options.probes.flatMap((probe) => {
    const kind = kinds.get(probe.probe);
    if (!kind) throw new FiredrillError('probe-unknown', `there is no probe '${probe.probe}'`, { exitCode: EXIT.experimentWrong });
    const targets = probe.target === undefined ? [undefined] : options.targetsOf(probe.target);
    return targets.map((target) => new WatchedSeries(options, after, probe, kind, target));
  });
  for (const each of series) each.start();

  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    options.signal.removeEventListener('abort', stop);
    stopping ??= withinLimit(Promise.all(series.map((each) => each.stop())), STOP_MS_MAX, after);
    return stopping;
  };
  options.signal.addEventListener('abort', stop, { once: true });
  if (options.signal.aborted) stop();
  return { stop };
}

/** Settles with the work or at the limit, whichever comes first; never rejects. */
function withinLimit(work: Promise<unknown>, limitMs: number, after: After): Promise<void> {
  return new Promise((resolve) => {
    const cancel = after(limitMs, resolve);
    const done = () => {
      cancel();
      resolve();
    };
    work.then(done, done);
  });
}

/** What came of a look whose limit was noticed too late. */
function missedLimit(timeoutMs: number, lateMs: number): Reading {
  return { status: 'unknown', error: `the limit of ${timeoutMs} ms was noticed ${Math.round(lateMs)} ms too late: the runner stood still` };
}

function placeOf({ place, name }: ProbeTarget): string {
  return place ?? name;
}

/** One probe and one container (or none). */
class WatchedSeries {
  readonly #options: WatchOptions;
  readonly #after: After;
  readonly #probe: NamedProbe;
  readonly #kind: Probe;
  /** As it was known last. */
  #target: ProbeTarget | undefined;
  /** The name of the first one; whoever takes its place is told under it too. */
  readonly #name: string | undefined;
  readonly #ended = new AbortController();
  #cancelNext = () => {};
  #open: OpenProbe | undefined;
  #looking: Promise<void> | undefined;
  /** The look under way was reported as unknown already. */
  #stuck = false;

  constructor(options: WatchOptions, after: After, probe: NamedProbe, kind: Probe, target: ProbeTarget | undefined) {
    this.#options = options;
    this.#after = after;
    this.#probe = probe;
    this.#kind = kind;
    this.#target = target;
    this.#name = target?.name;
  }

  start(): void {
    const firstInMs = this.#options.random() * Math.min(this.#probe.every.ms, FIRST_LOOK_MS_MAX);
    this.#schedule(this.#options.nowMs() + firstInMs, 0);
  }

  async stop(): Promise<void> {
    this.#cancelNext();
    this.#ended.abort();
    if (this.#looking) await withinLimit(this.#looking, STOP_MS_MAX / 2, this.#after);
    await this.#close();
  }

  #schedule(firstMs: number, index: number): void {
    const jitterMs = index === 0 ? 0 : this.#options.random() * JITTER_SHARE * this.#probe.every.ms;
    const dueMs = firstMs + index * this.#probe.every.ms + jitterMs;
    this.#cancelNext = this.#after(Math.max(0, dueMs - this.#options.nowMs()), () => {
      const passed = Math.floor((this.#options.nowMs() - firstMs) / this.#probe.every.ms);
      this.#schedule(firstMs, Math.max(index, passed) + 1);
      this.#due();
    });
  }

  #due(): void {
    if (!this.#looking) {
      this.#looking = this.#lookOnce().finally(() => {
        this.#looking = undefined;
      });
    } else if (this.#stuck) {
      const nowMs = this.#options.nowMs();
      this.#emit(nowMs, { status: 'unknown', error: 'the look before is still stuck' });
    }
  }

  async #lookOnce(): Promise<void> {
    const startedMs = this.#options.nowMs();
    const timeoutMs = this.#probe.timeout.ms;
    const limit = new AbortController();
    let lateMs = 0;
    const cancelLimit = this.#after(timeoutMs, () => {
      lateMs = this.#options.nowMs() - startedMs - timeoutMs;
      limit.abort();
    });
    const cancelGrace = this.#after(timeoutMs + GRACE_MS, () => {
      this.#stuck = true;
      this.#emit(startedMs, {
        status: 'unknown',
        error: `no end ${GRACE_MS} ms after the limit of ${timeoutMs} ms: the probe or the runner stood still`,
      });
    });
    const reading = await this.#look(AbortSignal.any([limit.signal, this.#ended.signal]), timeoutMs);
    cancelLimit();
    cancelGrace();
    const reported = this.#stuck;
    this.#stuck = false;
    if (!reported) this.#emit(startedMs, lateMs > LIMIT_LATE_MS_MAX ? missedLimit(timeoutMs, lateMs) : reading);
  }

  async #look(signal: AbortSignal, timeoutMs: number): Promise<Reading> {
    try {
      this.#open ??= this.#kind.open(this.#probe.settings);
      return await this.#open.look({ target: this.#freshTarget(), tools: this.#options.tools, signal, timeoutMs });
    } catch (error) {
      await this.#close();
      return { status: 'unknown', error: `the probe crashed: ${error instanceof Error ? error.message : String(error)}` };
    }
  }

  /** One that was made anew has another id, in the place that it had. */
  #freshTarget(): ProbeTarget | undefined {
    const known = this.#target;
    if (!known || this.#probe.target === undefined) return undefined;
    const targets = this.#options.targetsOf(this.#probe.target);
    const place = placeOf(known);
    this.#target = targets.find(({ id }) => id === known.id) ?? targets.find((each) => placeOf(each) === place) ?? known;
    return this.#target;
  }

  async #close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.close().catch(() => {});
  }

  #emit(startedMs: number, reading: Reading): void {
    if (this.#ended.signal.aborted) return;
    const seen = reading.status === 'ok' ? reading : { ...reading, value: null };
    this.#options.onReading({ type: 'probe.reading', probe: this.#probe.name, container: this.#name, startedMs, ...seen });
  }
}
