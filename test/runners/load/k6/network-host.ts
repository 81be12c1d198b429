/** A host on real connections: `k6/http` as a virtual user has it, against servers on loopback. */
import { once } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import type { Outcome } from '../../../../probes/slo/load-cells.ts';
import { Connections, type RequestWatch, type RequestWatcher } from '../../../../runners/load/k6/connections.ts';
import type { HostAnswer, HostExchange, HostFacts, HostRequest, HostTimings, Tags } from '../../../../runners/load/k6/host.ts';
import { parsePage } from '../../../../runners/load/k6/modules/html.ts';
import { httpModule } from '../../../../runners/load/k6/modules/http.ts';
import type { RequestOptions } from '../../../../runners/load/k6/network/request-options.ts';
import type { UserNetwork } from '../../../../runners/load/k6/network.ts';
import { runClock } from '../../../../runners/load/pacing/clock.ts';
import { FakeHost } from './fake-host.ts';

/** Keeps what it is told. */
export class Watched implements RequestWatcher {
  planned_: number[] = [];
  sentCount = 0;
  underWayMax = 0;
  readonly outcomes: Outcome[] = [];
  /** In the order in which they settled. */
  readonly settled: { readonly tags: Tags; readonly failed: boolean | undefined }[] = [];
  bytes = [0, 0];
  readonly samples: { tags: Tags; timings: HostTimings; failed: boolean | undefined }[] = [];

  planned(intendedMs: number, tags: Tags): RequestWatch {
    this.planned_.push(intendedMs);
    this.underWayMax = Math.max(this.underWayMax, this.planned_.length - this.outcomes.length);
    return {
      sent: () => {
        this.sentCount += 1;
      },
      settled: ({ outcome, failed }) => {
        this.outcomes.push(outcome);
        this.settled.push({ tags, failed });
      },
    };
  }

  transferred(sentBytes: number, receivedBytes: number): void {
    this.bytes = [(this.bytes[0] ?? 0) + sentBytes, (this.bytes[1] ?? 0) + receivedBytes];
  }

  requested(tags: Tags, timings: HostTimings, failed: boolean | undefined): void {
    this.samples.push({ tags, timings, failed });
  }
}

class NetworkHost extends FakeHost {
  readonly #user: UserNetwork;
  readonly #nowMs: () => number;

  constructor(user: UserNetwork, nowMs: () => number) {
    super();
    this.#user = user;
    this.#nowMs = nowMs;
    Object.defineProperty(this, 'facts', { get: () => ({ testMs: this.#nowMs() }) as HostFacts });
    Object.defineProperty(this, 'http', { get: () => user.http });
  }

  override request(request: HostRequest): Promise<HostAnswer> {
    return this.#user.request(request);
  }

  override together(exchanges: readonly HostExchange[]): Promise<void> {
    return this.#user.together(exchanges);
  }

  override requested(tags: Tags, timings: HostTimings, failed: boolean | undefined): void {
    this.#user.requested(tags, timings, failed);
  }
}

/** A virtual user on the wall clock; its connections are closed when the test ends. */
export function beginUser(t: TestContext, options: RequestOptions = {}) {
  const clock = runClock(process.hrtime.bigint());
  const connections = new Connections({ clock });
  connections.configure(options);
  const watched = new Watched();
  const user = connections.user(watched);
  const host = new NetworkHost(user, () => clock.nowMs());
  const sweep = setInterval(() => connections.sweep(clock.nowMs()), 5);
  t.after(() => {
    clearInterval(sweep);
    connections.close();
  });
  return { http: httpModule(host, parsePage).exports, connections, user, watched, host };
}

/** The URL of a server that listens until the test ends, without a slash at its end. */
export async function serve(
  t: TestContext,
  answer: (request: IncomingMessage, response: ServerResponse, body: Buffer) => void,
): Promise<string> {
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    answer(request, response, Buffer.concat(chunks));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
