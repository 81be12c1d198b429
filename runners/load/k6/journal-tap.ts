/** Puts a script's samples into the recorder, which makes the journal's cells of them. */
import { AskedSeries, type AskedTags } from '../recording/asked-series.ts';
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

export class JournalTap implements SampleTap {
  readonly #recorder: Recorder;
  readonly #clock: LoadClock;
  readonly #asked: AskedSeries;

  constructor(recorder: Recorder, clock: LoadClock, asked: AskedTags) {
    this.#recorder = recorder;
    this.#clock = clock;
    this.#asked = new AskedSeries(recorder, asked);
  }

  /** Somebody asks for what only an answer tells. */
  get asksForAnswers(): boolean {
    return this.#asked.asksForAnswers;
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
    return this.#asked.of(base, own);
  }

  /** Where a request that was planned in a series counts once it has ended. */
  ended(planned: SeriesRecorder, answer: Tags): SeriesRecorder {
    return this.#asked.ended(planned, answer);
  }
}
