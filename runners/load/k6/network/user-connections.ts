/** One virtual user's requests on their way over the connections that all have in common. */

import { isGivenUp } from '../../transport/outcomes.ts';
import type { Connections, RequestWatch, RequestWatcher } from '../connections.ts';
import {
  type HostAnswer,
  type HostExchange,
  type HostRequest,
  type HostTimings,
  type HttpSettings,
  INTERRUPTED,
  type Tags,
} from '../host.ts';
import { answerTags, errorCodeOf, saidTags } from '../modules/http/samples.ts';
import { isWithin } from '../modules/http/statuses.ts';
import type { UserNetwork } from '../network.ts';
import { answered, unanswered } from './host-answer.ts';
import { type JobEnd, ScriptJob } from './script-job.ts';
import { Turnstile } from './turnstile.ts';
import { UserSockets } from './user-sockets.ts';

export class UserConnections implements UserNetwork {
  readonly #connections: Connections;
  readonly #watcher: RequestWatcher;
  readonly sockets: UserSockets;
  readonly #jobs = new Set<ScriptJob>();
  /** When the iteration's first request was meant to be made; NaN once it was. */
  #intendedMs = Number.NaN;
  #sent = 0;
  #answered = 0;
  /** Counted up by each interruption: what was asked for before goes no further. */
  #life = 0;

  constructor(connections: Connections, watcher: RequestWatcher) {
    this.#connections = connections;
    this.#watcher = watcher;
    this.sockets = new UserSockets(connections, {
      opened: (answered) => {
        this.#sent += 1;
        if (answered) this.#answered += 1;
      },
      transferred: (sent, received) => watcher.transferred(sent, received),
    });
  }

  get http(): HttpSettings {
    return this.#connections.http;
  }

  get unanswered(): boolean {
    return this.#sent > 0 && this.#answered === 0;
  }

  begin(intendedMs: number): void {
    this.#intendedMs = intendedMs;
    this.#sent = 0;
    this.#answered = 0;
  }

  cancel(): void {
    this.#life += 1;
    for (const job of [...this.#jobs]) job.cancel();
    this.sockets.cancel();
  }

  async request(request: HostRequest): Promise<HostAnswer> {
    const life = this.#life;
    const askedMs = this.#connections.nowMs();
    const intendedMs = Number.isNaN(this.#intendedMs) ? askedMs : this.#intendedMs;
    this.#intendedMs = Number.NaN;
    const watch = this.#watcher.planned(intendedMs, request.tags);
    const waitMs = this.#connections.takeTurn();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, Math.ceil(waitMs)));
    if (life !== this.#life) {
      watch.settled({ sentMs: Number.NaN, atMs: this.#connections.nowMs(), outcome: 'dropped', failed: false, tags: () => NO_TAGS });
      throw new Error(INTERRUPTED);
    }
    const answer = await this.#carry(request, askedMs, watch);
    if (life !== this.#life) throw new Error(INTERRUPTED);
    return answer;
  }

  async together(exchanges: readonly HostExchange[]): Promise<void> {
    const { batch, batchPerHost } = this.http;
    const all = new Turnstile(batch);
    const hosts = new Map<string, Turnstile>();
    const hostOf = (url: string) => {
      const host = /^[^/]*\/\/([^/?#]*)/.exec(url)?.[1] ?? '';
      const turnstile = hosts.get(host) ?? new Turnstile(batchPerHost);
      hosts.set(host, turnstile);
      return turnstile;
    };
    const carryOut = async (exchange: HostExchange) => {
      await all.enter();
      try {
        for (let request = exchange.next(); request; request = exchange.next())
          exchange.accept(await this.#through(hostOf(request.url), request));
      } finally {
        all.leave();
      }
    };
    await Promise.all(exchanges.map(carryOut));
  }

  requested(tags: Tags, timings: HostTimings, failed: boolean | undefined): void {
    this.#watcher.requested(tags, timings, failed);
  }

  async #through(turnstile: Turnstile, request: HostRequest): Promise<HostAnswer> {
    await turnstile.enter();
    try {
      return await this.request(request);
    } finally {
      turnstile.leave();
    }
  }

  #carry(request: HostRequest, askedMs: number, watch: RequestWatch): Promise<HostAnswer> {
    const way = this.#connections.wayTo(request);
    if ('failure' in way) {
      this.#sent += 1;
      const answer = unanswered(way.failure, askedMs, Number.NaN, askedMs);
      this.#tell(watch, request, { sentMs: Number.NaN, atMs: askedMs, outcome: way.outcome, failure: way.failure }, answer);
      return Promise.resolve(answer);
    }
    return new Promise((resolve) => {
      const job: ScriptJob = new ScriptJob(
        way,
        () => watch.sent(),
        (end) => {
          const { sentMs, atMs, answer, failure } = end;
          this.#jobs.delete(job);
          const told = answer ? answered(answer, request.keepBody) : unanswered(failure ?? NO_REASON, askedMs, sentMs, atMs);
          this.#tell(watch, request, end, told);
          if (answer) {
            this.#answered += 1;
            this.#watcher.transferred(answer.bytesSent, answer.bytesReceived);
          }
          resolve(told);
        },
      );
      this.#sent += 1;
      this.#jobs.add(job);
      job.send();
    });
  }

  #tell(watch: RequestWatch, { expected }: HostRequest, end: Omit<JobEnd, 'answer'>, answer: HostAnswer): void {
    const { sentMs, atMs, outcome, failure } = end;
    const unexpected = expected && !isWithin(expected, answer.status);
    const failed = isGivenUp(failure) ? false : outcome === 'dropped' ? undefined : unexpected;
    const tags = () => saidTags(answerTags(answer, unexpected === undefined ? undefined : !unexpected, errorCodeOf(answer)), this.http);
    watch.settled({ sentMs, atMs, outcome, failed, tags });
  }
}

const NO_TAGS: Tags = {};

const NO_REASON = { code: 'FIREDRILL_UNKNOWN', message: 'nothing answered', during: 'exchanging' } as const;
