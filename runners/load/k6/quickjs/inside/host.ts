/**
 * What k6's modules ask of their virtual user, asked across the bridge. `async` and `await` are taken out of this code, so
 * that what looks like a wait is one.
 */
import type { HostFacts, HostSockets, HttpSettings, MetricType, Tags } from '../../host.ts';
import { utf8Text } from '../../modules/bytes.ts';
import type { ModulesHost } from '../../modules/index.ts';
import { freezeDeep } from '../../shared-arrays.ts';
import { ASK, FAILED, WAIT } from '../bridge.ts';
import { type Bridge, failureOf, standStill } from './bridge-inside.ts';
import { InsideFacts } from './facts.ts';
import { labelsOutside } from './labels.ts';
import { bufferOf, bufferWith, joined } from './packing.ts';
import { socketsOutside } from './sockets.ts';

interface Timer {
  readonly repeat: boolean;
  readonly callback: () => unknown;
}

type Given = ReturnType<Bridge['tell']>;

export class InsideHost implements ModulesHost {
  inInit = true;
  readonly facts: HostFacts = new InsideFacts((name) => this.ask(ASK.fact, name));
  readonly tags = labelsOutside('tags', (what, text) => this.ask(what, text));
  readonly metadata = labelsOutside('metadata', (what, text) => this.ask(what, text));
  readonly sockets: HostSockets = socketsOutside({
    ask: (what, text, bytes) => this.ask(what, text, bytes),
    wait: (what, text) => this.wait(what, text),
  });
  readonly #bridge: Bridge;
  readonly #timers = new Map<number, Timer>();
  readonly #arrays = new Map<string, readonly unknown[]>();
  readonly #tagsTexts = new WeakMap<Tags, string>();
  #http: HttpSettings | undefined;
  #options: Readonly<Record<string, unknown>> | undefined;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
  }

  /** Throws where the outside failed. */
  ask(what: number, text = '', bytes?: ArrayBuffer): Given {
    const { tell } = this.#bridge;
    const answer = bytes === undefined ? tell(what, text) : tell(what, text, bytes);
    if (answer === false) throw new Error(JSON.parse(String(tell(ASK.why))));
    return answer;
  }

  /** Stands still until there is an answer. Throws where the outside failed. */
  wait(what: number, text: string, bytes?: ArrayBuffer): string {
    const { wait } = this.#bridge;
    const answer = bytes === undefined ? wait(what, text) : wait(what, text, bytes);
    if (answer === undefined) standStill();
    if (answer.startsWith(FAILED)) throw failureOf(answer);
    return answer;
  }

  /** An iteration begins: nothing of the one before is left. */
  begin(): void {
    this.#timers.clear();
  }

  get options(): Readonly<Record<string, unknown>> {
    if (this.inInit) return {};
    this.#options ??= JSON.parse(String(this.ask(ASK.options)));
    return this.#options ?? {};
  }

  get http(): HttpSettings {
    if (this.#http) return this.#http;
    const { systemTags, ...settings }: HttpSettings & { systemTags: Iterable<string> } = JSON.parse(String(this.ask(ASK.settings)));
    const read = { ...settings, systemTags: new Set(systemTags) };
    if (!this.inInit) this.#http = read;
    return read;
  }

  async sleep(ms: number): Promise<void> {
    this.wait(WAIT.sleep, String(ms));
  }

  metric(name: string, type: MetricType, isTime: boolean): void {
    this.ask(ASK.metric, JSON.stringify([name, type, isTime]));
  }

  sample(metric: string, value: number, tags?: Tags): void {
    this.ask(ASK.sample, `${metric}\n${value}\n${tags === undefined ? '' : this.#tagsText(tags)}`);
  }

  random(): number {
    return Number(this.ask(ASK.random));
  }

  randomSeed(seed: number): void {
    this.ask(ASK.seed, String(seed));
  }

  digest(algorithm: string, data: string | Uint8Array, key?: string | Uint8Array): string {
    const bytes = this.#bytesOf(data);
    const keyBytes = key === undefined ? undefined : this.#bytesOf(key);
    const parts = keyBytes ? [bytes, keyBytes] : [bytes];
    return String(this.ask(ASK.digest, JSON.stringify([algorithm, bytes.length, keyBytes !== undefined]), joined(parts)));
  }

  randomBytes(count: number): Uint8Array {
    return new Uint8Array(bufferOf(this.ask(ASK.randomBytes, String(count))));
  }

  /** Built by the first virtual user, read by the others from what it made: each has a copy. */
  shared(name: string, build: () => readonly unknown[]): readonly unknown[] {
    const found = this.#arrays.get(name);
    if (found) return found;
    const known = this.ask(ASK.shared, name);
    const text = typeof known === 'string' ? known : JSON.stringify(build());
    if (known === undefined) this.ask(ASK.share, `${JSON.stringify(name)}\n${text}`);
    const made: readonly unknown[] = freezeDeep(JSON.parse(text));
    this.#arrays.set(name, made);
    return made;
  }

  setTimer(delayMs: number, repeat: boolean, callback: () => unknown): number {
    const number = Number(this.ask(ASK.timer, JSON.stringify([delayMs, repeat])));
    this.#timers.set(number, { repeat, callback });
    return number;
  }

  clearTimer(id: number): void {
    if (this.#timers.delete(id)) this.ask(ASK.clearTimer, String(id));
  }

  /** A timer's time has come. Gives what its function gave. */
  fire(id: number): unknown {
    const timer = this.#timers.get(id);
    if (!timer?.repeat) this.#timers.delete(id);
    return timer?.callback();
  }

  encodeText(text: string): Uint8Array {
    return new Uint8Array(bufferOf(this.ask(ASK.encode, JSON.stringify(text))));
  }

  decodeText(bytes: Uint8Array): string {
    return textOf(this.ask(ASK.decode, '', bufferWith(bytes)));
  }

  log(level: 'debug' | 'info' | 'warn' | 'error', text: string): void {
    this.ask(ASK.log, JSON.stringify([level, text]));
  }

  abort(reason: string): never {
    this.ask(ASK.abort, JSON.stringify(reason));
    standStill();
  }

  markFailed(reason: string): void {
    this.ask(ASK.markFailed, JSON.stringify(reason));
  }

  /** `open()`. Throws where there is no such file. */
  open(path: unknown, mode: unknown): string | ArrayBuffer {
    const given = this.ask(ASK.open, JSON.stringify([path, mode]));
    return mode === 'b' ? bufferOf(given) : textOf(given);
  }

  /** Frozen tags come again and again. */
  #tagsText(tags: Tags): string {
    const known = this.#tagsTexts.get(tags);
    if (known !== undefined) return known;
    const made = JSON.stringify(tags);
    if (Object.isFrozen(tags)) this.#tagsTexts.set(tags, made);
    return made;
  }

  #bytesOf(data: string | Uint8Array): Uint8Array {
    return typeof data === 'string' ? this.encodeText(data) : data;
  }
}

/** A text with a 0 in it comes as bytes. */
function textOf(given: Given): string {
  return given instanceof ArrayBuffer ? utf8Text(new Uint8Array(given)) : String(given ?? '');
}
