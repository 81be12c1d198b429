/** Makes samples of one virtual user's requests: k6's metrics, our latency, and the journal's counts of what was planned and answered. */
import type { SeriesRecorder } from '../recording/recorder.ts';
import type { RequestEnd, RequestWatch, RequestWatcher } from './connections.ts';
import type { HostTimings, Tags } from './host.ts';
import type { ScriptTest } from './script-test.ts';

export class RequestSamples implements RequestWatcher {
  readonly #test: ScriptTest;
  /** The virtual user's, as they are at the time. */
  readonly #tags: Tags;

  constructor(test: ScriptTest, tags: Tags) {
    this.#test = test;
    this.#tags = tags;
  }

  planned(intendedMs: number, own: Tags): RequestWatch {
    const series = this.#test.journal?.series(this.#tags, own);
    series?.planned(intendedMs);
    return new OneRequest(this.#test, series, intendedMs, this.#tags, own);
  }

  transferred(sentBytes: number, receivedBytes: number): void {
    this.#test.sample('data_sent', sentBytes, this.#tags);
    this.#test.sample('data_received', receivedBytes, this.#tags);
  }

  requested(own: Tags, timings: HostTimings, failed: boolean | undefined): void {
    const test = this.#test;
    const tags = this.#tags;
    test.sample('http_reqs', 1, tags, own);
    test.sample('http_req_duration', timings.duration, tags, own);
    test.sample('http_req_blocked', timings.blocked, tags, own);
    test.sample('http_req_connecting', timings.connecting, tags, own);
    test.sample('http_req_tls_handshaking', timings.tls_handshaking, tags, own);
    test.sample('http_req_sending', timings.sending, tags, own);
    test.sample('http_req_waiting', timings.waiting, tags, own);
    test.sample('http_req_receiving', timings.receiving, tags, own);
    if (failed !== undefined) test.sample('http_req_failed', failed ? 1 : 0, tags, own);
  }
}

/** Its series is that of its plan, whatever becomes of the virtual user's tags in between, and its end adds to it only what the answer tells. */
class OneRequest implements RequestWatch {
  readonly #test: ScriptTest;
  readonly #series: SeriesRecorder | undefined;
  readonly #intendedMs: number;
  readonly #base: Tags;
  readonly #own: Tags;

  constructor(test: ScriptTest, series: SeriesRecorder | undefined, intendedMs: number, base: Tags, own: Tags) {
    this.#test = test;
    this.#series = series;
    this.#intendedMs = intendedMs;
    this.#base = base;
    this.#own = own;
  }

  sent(): void {
    this.#series?.sent(this.#intendedMs);
  }

  settled({ sentMs, atMs, outcome, failed, tags }: RequestEnd): void {
    const test = this.#test;
    const { journal } = test;
    const isEnd = outcome !== 'dropped';
    const answer = isEnd && test.asksForAnswers ? tags() : undefined;
    const series = answer && journal && this.#series ? journal.ended(this.#series, answer) : this.#series;
    series?.settled(this.#intendedMs, sentMs, atMs, outcome, failed);
    if (isEnd) test.sample('http_req_latency', atMs - this.#intendedMs, this.#base, answer ? { ...this.#own, ...answer } : this.#own);
  }
}
