/** One virtual user's requests on their way over the connections that all have in common. */

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
import { isWithin } from '../modules/http/statuses.ts';
import type { UserNetwork } from '../network.ts';
import { answered, unanswered } from './host-answer.ts';
import { ScriptJob } from './script-job.ts';
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
      watch.settled(Number.NaN, this.#connections.nowMs(), 'dropped', undefined);
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
      watch.settled(Number.NaN, askedMs, way.outcome, isUnexpected(request, NOT_ANSWERED));
      return Promise.resolve(unanswered(way.failure, askedMs, Number.NaN, askedMs));
    }
    return new Promise((resolve) => {
      const job: ScriptJob = new ScriptJob(
        way,
        () => watch.sent(),
        ({ outcome, sentMs, atMs, answer, failure }) => {
          this.#jobs.delete(job);
          watch.settled(sentMs, atMs, outcome, isUnexpected(request, answer?.status ?? NOT_ANSWERED));
          if (answer) {
            this.#answered += 1;
            this.#watcher.transferred(answer.bytesSent, answer.bytesReceived);
            resolve(answered(answer, request.keepBody));
          } else resolve(unanswered(failure ?? NO_REASON, askedMs, sentMs, atMs));
        },
      );
      this.#sent += 1;
      this.#jobs.add(job);
      job.send();
    });
  }
}

/** k6's status of what nothing answered. */
const NOT_ANSWERED = 0;

function isUnexpected({ expected }: HostRequest, status: number): boolean | undefined {
  return expected && !isWithin(expected, status);
}

const NO_REASON = { code: 'FIREDRILL_UNKNOWN', message: 'nothing answered', during: 'exchanging' } as const;
