/** Makes samples of one virtual user's requests: k6's metrics, our latency, and the journal's counts of what was planned and answered. */
import type { Outcome } from '../../../probes/slo/load-cells.ts';
import type { RequestWatcher } from './connections.ts';
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

  planned(intendedMs: number): void {
    this.#test.journal?.series(this.#tags).planned(intendedMs);
  }

  sent(intendedMs: number): void {
    this.#test.journal?.series(this.#tags).sent(intendedMs);
  }

  settled(intendedMs: number, sentMs: number, atMs: number, outcome: Outcome): void {
    this.#test.journal?.series(this.#tags).settled(intendedMs, sentMs, atMs, outcome);
    if (outcome !== 'dropped') this.#test.sample('http_req_latency', atMs - intendedMs, this.#tags);
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
