/** A host without a network: it answers as it is told, and remembers what it was asked. */
import { createHash, createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type {
  BodyEncoding,
  HostAnswer,
  HostExchange,
  HostFacts,
  HostRequest,
  HostSockets,
  HostTimings,
  HttpSettings,
  ScriptHost,
  Tags,
} from '../../../../runners/load/k6/host.ts';
import { httpSettings } from '../../../../runners/load/k6/network/request-options.ts';

export const TIMINGS: HostTimings = {
  blocked: 1,
  looking_up: 0,
  connecting: 2,
  tls_handshaking: 0,
  sending: 3,
  waiting: 4,
  receiving: 5,
  duration: 12,
};

export type FakeAnswer = Partial<Omit<HostAnswer, 'body' | 'headers'>> & { body?: string | Uint8Array; headers?: [string, string][] };

export interface Requested {
  readonly tags: Tags;
  readonly timings: HostTimings;
  readonly failed: boolean | undefined;
}

export function answerOf({ body = '', headers = [], ...rest }: FakeAnswer = {}): HostAnswer {
  return {
    status: 200,
    statusText: '200 OK',
    protocol: 'HTTP/1.1',
    headers,
    body: typeof body === 'string' ? Buffer.from(body) : body,
    error: '',
    errorCode: 0,
    remoteIp: '127.0.0.1',
    remotePort: 8080,
    tlsVersion: '',
    tlsCipherSuite: '',
    timings: TIMINGS,
    sentBytes: 10,
    receivedBytes: 20,
    ...rest,
  };
}

export class FakeHost implements ScriptHost {
  facts = { testMs: 0 } as HostFacts;
  inInit = false;
  readonly options = {};
  readonly tags: Record<string, string> = {};
  readonly metadata: Record<string, string> = {};
  http: HttpSettings = httpSettings({});
  readonly requests: HostRequest[] = [];
  readonly requestedAll: Requested[] = [];
  readonly logs: string[] = [];
  readonly #answer: (request: HostRequest, index: number) => FakeAnswer;

  constructor(answer: (request: HostRequest, index: number) => FakeAnswer = () => ({})) {
    this.#answer = answer;
  }

  async request(request: HostRequest): Promise<HostAnswer> {
    this.requests.push(request);
    return answerOf(this.#answer(request, this.requests.length - 1));
  }

  requestLater(request: HostRequest): Promise<HostAnswer> {
    return this.request(request);
  }

  async together(exchanges: readonly HostExchange[]): Promise<void> {
    await Promise.all(
      exchanges.map(async (exchange) => {
        for (let request = exchange.next(); request; request = exchange.next()) exchange.accept(await this.request(request));
      }),
    );
  }

  requested(tags: Tags, timings: HostTimings, failed: boolean | undefined): void {
    this.requestedAll.push({ tags, timings, failed });
  }

  async sleep(ms: number): Promise<void> {
    this.facts = { ...this.facts, testMs: this.facts.testMs + ms };
  }

  readonly sockets: HostSockets = {
    open: async () => ({ id: 0, status: 0, headers: [], body: '', subprotocol: '', error: 'no network', errorCode: 1000, connectingMs: 0 }),
    next: async () => undefined,
    send: () => false,
    ping: () => {},
    close: () => {},
  };

  metric(): void {}

  sample(): void {}

  random(): number {
    return 0.5;
  }

  randomSeed(): void {}

  digest(algorithm: string, data: string | Uint8Array, key?: string | Uint8Array): string {
    return (key === undefined ? createHash(algorithm) : createHmac(algorithm, key)).update(data).digest('hex');
  }

  randomBytes(count: number): Uint8Array {
    return new Uint8Array(count).fill(0xab);
  }

  encodeText(text: string): Uint8Array {
    return Buffer.from(text);
  }

  decodeText(bytes: Uint8Array): string {
    return Buffer.from(bytes).toString();
  }

  compress(encoding: BodyEncoding, bytes: Uint8Array): Uint8Array {
    return encoding === 'gzip' ? gzipSync(bytes) : Buffer.concat([Buffer.from(`${encoding}:`), bytes]);
  }

  shared(_name: string, build: () => readonly unknown[]): readonly unknown[] {
    return build();
  }

  setTimer(): number {
    return 0;
  }

  clearTimer(): void {}

  log(level: string, text: string): void {
    this.logs.push(`${level}: ${text}`);
  }

  abort(reason: string): never {
    throw new Error(reason);
  }

  markFailed(): void {}
}

/** Values of a header as it was sent, in order. */
export function sent(request: HostRequest | undefined, name: string): string[] {
  return (request?.headers ?? []).filter(([each]) => each.toLowerCase() === name).map(([, value]) => value);
}

/** Bodies as text. */
export function bodyOf(request: HostRequest | undefined): string | undefined {
  const body = request?.body;
  return body === undefined || typeof body === 'string' ? body : Buffer.from(body).toString();
}
