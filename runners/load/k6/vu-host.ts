/**
 * What one virtual user offers to the modules of its script. Each wait goes through it, so that an iteration that is
 * given up is simply never answered again: neither its `catch` nor its `finally` runs, as in k6, and nothing of it can
 * disturb the next one.
 */
import { randomBytes } from 'node:crypto';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { createRandom } from '../pacing/random.ts';
import { digestHex } from './digests.ts';
import type {
  BodyEncoding,
  HostAnswer,
  HostExchange,
  HostFacts,
  HostRequest,
  HostSockets,
  HostTimings,
  HttpSettings,
  MetricType,
  ScriptHost,
  Tags,
} from './host.ts';
import { INTERRUPTED } from './host.ts';
import type { LogLevel } from './log.ts';
import { waitingSockets } from './network/user-sockets.ts';
import type { UserNetwork } from './network.ts';
import type { ScriptTest } from './script-test.ts';
import { VuFacts } from './vu-facts.ts';

/** Timers of one virtual user at the same time. */
export const TIMERS_MAX = 10_000;
/** The longest that a timer of Node's can wait. */
const DELAY_MS_MAX = 2 ** 31 - 1;

const COMPRESS: Readonly<Record<BodyEncoding, (bytes: Uint8Array) => Uint8Array>> = {
  gzip: (bytes) => gzipSync(bytes),
  deflate: (bytes) => deflateSync(bytes),
  br: (bytes) => brotliCompressSync(bytes),
  zstd: (bytes) => zstdCompressSync(bytes),
};

export interface VuHostParts {
  readonly test: ScriptTest;
  readonly id: number;
  /** Of all its samples; the scenario's to begin with. */
  readonly tags: Record<string, string>;
  readonly network: UserNetwork;
}

export class VuHost implements ScriptHost {
  readonly facts: VuFacts & HostFacts;
  readonly tags: Record<string, string>;
  readonly metadata: Record<string, string> = {};
  readonly sockets: HostSockets;
  inInit = true;
  /** Called when an iteration is given up. */
  onGiveUp: () => void = () => {};
  readonly #test: ScriptTest;
  readonly #network: UserNetwork;
  readonly #timers = new Map<number, NodeJS.Timeout>();
  #timersMade = 0;
  #random: { next(): number };
  /** Waits under way, and who is told when one of them ends. */
  #waits = 0;
  #onWaitEnd: (() => void) | undefined;
  /** Counted up when an iteration is given up: what waits from before is not answered. */
  #life = 0;
  #failure: unknown;
  /** False from when an iteration is given up until the next one begins: what its remains still ask for is never answered. */
  #alive = true;

  constructor({ test, id, tags, network }: VuHostParts) {
    this.#test = test;
    this.tags = tags;
    this.#network = network;
    this.facts = new VuFacts(test, id);
    this.#random = createRandom(test.seed, `vu ${id}`);
    this.sockets = waitingSockets(network.sockets, (start) => this.#wait(start));
  }

  get options(): Readonly<Record<string, unknown>> {
    return this.inInit ? {} : this.#test.shownOptions;
  }

  get http(): HttpSettings {
    return this.#network.http;
  }

  nowMs(): number {
    return this.#test.clock.nowMs();
  }

  request(request: HostRequest): Promise<HostAnswer> {
    this.#refuseInit();
    return this.#wait(() => this.#network.request(request));
  }

  requestLater(request: HostRequest): Promise<HostAnswer> {
    return this.request(request);
  }

  together(exchanges: readonly HostExchange[]): Promise<void> {
    this.#refuseInit();
    return this.#wait(() => this.#network.together(exchanges));
  }

  requested(tags: Tags, timings: HostTimings, failed: boolean | undefined): void {
    this.#network.requested(tags, timings, failed);
  }

  sleep(ms: number): Promise<void> {
    return this.#wait(() => new Promise((resolve) => this.#timer(ms, resolve)));
  }

  metric(name: string, type: MetricType, isTime: boolean): void {
    this.#test.defineMetric(name, type, isTime);
  }

  sample(metric: string, value: number, tags?: Tags): void {
    this.#test.sample(metric, value, this.tags, tags);
  }

  random(): number {
    return this.#random.next();
  }

  randomSeed(seed: number): void {
    this.#random = createRandom(seed, '');
  }

  digest(algorithm: string, data: string | Uint8Array, key?: string | Uint8Array): string {
    return digestHex(algorithm, data, key);
  }

  randomBytes(count: number): Uint8Array {
    return randomBytes(count);
  }

  encodeText(text: string): Uint8Array {
    return Buffer.from(text, 'utf8');
  }

  decodeText(bytes: Uint8Array): string {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  }

  compress(encoding: BodyEncoding, bytes: Uint8Array): Uint8Array {
    return COMPRESS[encoding](bytes);
  }

  shared(name: string, build: () => readonly unknown[]): readonly unknown[] {
    return this.#test.arrays.get(name, build);
  }

  setTimer(delayMs: number, repeat: boolean, callback: () => unknown): number {
    if (!this.#alive) return 0;
    if (this.#timers.size >= TIMERS_MAX) throw new Error(`a virtual user has at most ${TIMERS_MAX} timers at once`);
    this.#timersMade += 1;
    const id = this.#timersMade;
    this.#waits += 1;
    const arm = (): void => {
      const timer = this.#timer(delayMs, () => {
        if (repeat) arm();
        else this.#timers.delete(id);
        this.#call(callback);
        if (repeat) return;
        this.#waitEnded();
      });
      this.#timers.set(id, timer);
    };
    arm();
    return id;
  }

  clearTimer(id: number): void {
    const timer = this.#timers.get(id);
    if (!timer) return;
    clearTimeout(timer);
    this.#timers.delete(id);
    this.#waitEnded();
  }

  log(level: LogLevel, text: string): void {
    this.#test.log.say(level, text, 'console');
  }

  /** Whatever its script makes of the error, it is not answered again. */
  abort(reason: string): never {
    this.giveUp();
    this.#test.abort(reason);
    throw new Error(INTERRUPTED);
  }

  markFailed(reason: string): void {
    this.#test.markFailed(reason);
  }

  /** The init context is over. */
  ready(): void {
    this.inInit = false;
  }

  /** Since the iteration began, something was sent and nothing answered. */
  get unanswered(): boolean {
    return this.#network.unanswered;
  }

  /** In words, for whoever must say who does not end. */
  get who(): string {
    const { scenario, vuInTest, iterationOfVu } = this.facts;
    return scenario === ''
      ? 'setup, teardown or handleSummary'
      : `scenario ${scenario}, virtual user ${vuInTest}, its iteration ${iterationOfVu}`;
  }

  begin(intendedMs: number, scenarioIteration: number): void {
    this.#alive = true;
    this.#test.atWork = this;
    delete this.tags['group'];
    this.facts.begin(scenarioIteration);
    this.#network.begin(intendedMs);
  }

  /** Resolves when the script waits for nothing any more: a function may return before its timers and requests are done. */
  async settled(): Promise<void> {
    while (this.#waits > 0) {
      await new Promise<void>((resolve) => {
        this.#onWaitEnd = resolve;
      });
      // What the answer sets off comes before the next look.
      await new Promise((resolve) => setImmediate(resolve));
    }
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure;
  }

  /** Gives up what is under way: whoever waits is never answered. */
  giveUp(): void {
    this.#life += 1;
    this.#alive = false;
    this.#waits = 0;
    this.#onWaitEnd = undefined;
    this.#failure = undefined;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#network.cancel();
    this.onGiveUp();
  }

  #timer(delayMs: number, callback: () => void): NodeJS.Timeout {
    return setTimeout(callback, Math.min(DELAY_MS_MAX, delayMs));
  }

  #refuseInit(): void {
    if (this.inInit) throw new Error('Making http requests in the init context is not supported');
  }

  /** What a timer's function throws fails the iteration. */
  #call(callback: () => unknown): void {
    const life = this.#life;
    const fail = (error: unknown): void => {
      if (life === this.#life) this.#failure ??= error;
    };
    try {
      const result = callback();
      if (result instanceof Promise) result.catch(fail);
    } catch (error) {
      fail(error);
    }
  }

  #wait<Value>(start: () => Promise<Value>): Promise<Value> {
    const life = this.#life;
    if (!this.#alive) return new Promise(() => {});
    this.#waits += 1;
    return new Promise((resolve, reject) => {
      start().then(
        (value) => {
          if (life !== this.#life) return;
          this.#test.atWork = this;
          resolve(value);
          this.#waitEnded();
        },
        (error: unknown) => {
          if (life !== this.#life) return;
          reject(error);
          this.#waitEnded();
        },
      );
    });
  }

  #waitEnded(): void {
    this.#waits -= 1;
    const told = this.#onWaitEnd;
    this.#onWaitEnd = undefined;
    told?.();
  }
}
