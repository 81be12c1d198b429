/**
 * Puts a script's samples into the recorder, which makes the journal's cells of them. Series are told apart by the tags
 * that somebody asks for, and of these by the values that are asked for and a few others: names and URLs with ids in them
 * would make thousands, of which no condition can mean more than those it writes out.
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
/** Values of a tag that are kept apart though nobody asks for them: the first that come, for the report. */
export const UNASKED_VALUES_MAX = 20;
/** Remembered combinations at most; the recorder has a limit of its own. */
const KNOWN_MAX = 2000;
const SEPARATOR = '\0';
/** They tell series and checks apart in any case. */
const BY_THEMSELVES: ReadonlySet<string> = new Set(['scenario', 'check']);

/** Tags by which somebody selects, each with the values that are asked for. */
export type AskedTags = Readonly<Record<string, readonly string[]>>;

/** A tag that makes series. */
class AskedTag {
  readonly name: string;
  readonly #kept: Set<string>;
  readonly #keptMax: number;

  constructor(name: string, asked: readonly string[]) {
    this.name = name;
    this.#kept = new Set(asked);
    this.#keptMax = this.#kept.size + UNASKED_VALUES_MAX;
  }

  /** The sample's value; empty where it has none, or none that is kept apart. */
  valueIn(base: Tags, own: Tags | undefined): string {
    const value = own?.[this.name] ?? base[this.name] ?? '';
    if (value === '' || this.#kept.has(value)) return value;
    if (this.#kept.size >= this.#keptMax) return '';
    this.#kept.add(value);
    return value;
  }
}

export class JournalTap implements SampleTap {
  readonly #recorder: Recorder;
  readonly #clock: LoadClock;
  readonly #asked: readonly AskedTag[];
  readonly #known = new Map<string, SeriesRecorder>();

  constructor(recorder: Recorder, clock: LoadClock, asked: AskedTags) {
    this.#recorder = recorder;
    this.#clock = clock;
    this.#asked = Object.entries(asked).flatMap(([name, values]) => (BY_THEMSELVES.has(name) ? [] : [new AskedTag(name, values)]));
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
    for (const tag of this.#asked) key += SEPARATOR + tag.valueIn(base, own);
    const found = this.#known.get(key);
    if (found) return found;
    const tags = this.#asked.flatMap((tag) => {
      const value = tag.valueIn(base, own);
      return value === '' ? [] : [[tag.name, value]];
    });
    const made = this.#recorder.series(base['scenario'] ?? '', Object.fromEntries(tags));
    if (this.#known.size < KNOWN_MAX) this.#known.set(key, made);
    return made;
  }
}
