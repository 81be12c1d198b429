/**
 * Puts a script's samples into the recorder, which makes the journal's cells of them. Series are told apart by the tags
 * that somebody asks for, and by what the scenario itself is tagged with: URLs and statuses would make thousands.
 */
import type { Recorder, SeriesRecorder } from '../recording/recorder.ts';
import type { LoadClock } from '../transport/engine.ts';
import type { MetricType, Tags } from './host.ts';
import type { SampleTap } from './script-test.ts';

/** Counted by requests and iterations themselves, or by the runner. */
const COUNTED_ELSEWHERE: ReadonlySet<string> = new Set([
  'http_reqs',
  'http_req_failed',
  'http_req_duration',
  'http_req_latency',
  'iterations',
  'dropped_iterations',
  'vus',
  'vus_max',
]);
/** Remembered combinations at most; the recorder has a limit of its own. */
const KNOWN_MAX = 2000;
const SEPARATOR = '\0';

export class JournalTap implements SampleTap {
  readonly #recorder: Recorder;
  readonly #clock: LoadClock;
  /** Tags that make series. */
  readonly #asked: readonly string[];
  readonly #known = new Map<string, SeriesRecorder>();

  constructor(recorder: Recorder, clock: LoadClock, asked: readonly string[]) {
    this.#recorder = recorder;
    this.#clock = clock;
    this.#asked = asked.filter((name) => name !== 'scenario' && name !== 'check');
  }

  metric(name: string, type: MetricType, isTime: boolean): void {
    this.#recorder.metric(name, type, isTime);
  }

  sample(metric: string, value: number, base: Tags, own: Tags | undefined): void {
    if (COUNTED_ELSEWHERE.has(metric)) return;
    const series = this.series(base, own);
    const nowMs = this.#clock.nowMs();
    if (metric === 'checks') series.check(nowMs, own?.['check'] ?? '', value !== 0);
    else series.sample(metric, value, nowMs);
  }

  /** Where samples with these tags count. */
  series(base: Tags, own?: Tags): SeriesRecorder {
    let key = base['scenario'] ?? '';
    for (const name of this.#asked) key += SEPARATOR + (own?.[name] ?? base[name] ?? '');
    const found = this.#known.get(key);
    if (found) return found;
    const tags = this.#asked.flatMap((name) => {
      const value = own?.[name] ?? base[name];
      return value === undefined || value === '' ? [] : [[name, value]];
    });
    const made = this.#recorder.series(base['scenario'] ?? '', Object.fromEntries(tags));
    if (this.#known.size < KNOWN_MAX) this.#known.set(key, made);
    return made;
  }
}
