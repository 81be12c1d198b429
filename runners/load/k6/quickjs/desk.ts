/** The outside's answers to what a script in QuickJS asks: its virtual user's host, over the bridge. */
import type { GlobalParts } from '../globals.ts';
import type { MetricType, Tags } from '../host.ts';
import { INTERRUPTED } from '../host.ts';
import type { LogLevel } from '../log.ts';
import { ASK, type Thrown, WAIT } from './bridge.ts';
import { crossingText, withoutZero } from './crossing-text.ts';
import { HttpDesk } from './http-desk.ts';
import type { Answer } from './machine.ts';
import { socketAnswers, waitForSocket } from './socket-desk.ts';

/** What a realm does with what does not belong to its host. */
export interface DeskOwner {
  /** A timer's time has come. */
  timerDue(number: number): void;
  /** An answer has come that nobody stands still for; the text is read when its turn has come. */
  answered(text: () => string): void;
  outcome(text: string): void;
  failed(thrown: Thrown): void;
}

type Say = (text: string, bytes: Uint8Array | undefined) => Answer;

const NO_BYTES = new Uint8Array(0);
/** Tags of samples that are remembered by their text. */
const TAGS_MAX = 100;

export class Desk {
  /** Timers that have yet to come, by their numbers. */
  readonly timers = new Set<number>();
  readonly #parts: Pick<GlobalParts, 'host' | 'files'>;
  readonly #owner: DeskOwner;
  readonly #answers: Readonly<Record<number, Say>>;
  readonly #tags = new Map<string, Tags>();
  readonly #http: HttpDesk;
  #why = '';
  /** Of the message that was just given. */
  #bytes: Uint8Array = NO_BYTES;

  constructor(parts: Pick<GlobalParts, 'host' | 'files'>, owner: DeskOwner) {
    this.#parts = parts;
    this.#owner = owner;
    this.#http = new HttpDesk(parts.host, (text) => owner.answered(text));
    this.#answers = {
      ...this.#plainAnswers(),
      ...this.#labelAnswers(),
      ...this.#dataAnswers(),
      ...this.#eventAnswers(),
      ...socketAnswers(parts.host.sockets),
      ...this.#http.answers,
    };
  }

  /** Whether something is under way that nobody stands still for. */
  get isWaiting(): boolean {
    return this.timers.size > 0 || this.#http.laters > 0;
  }

  /** A call begins: nothing that the one before has set off is left. */
  begin(): void {
    this.timers.clear();
    this.#http.begin();
  }

  /** Drops what belongs to an iteration: cookies. */
  endIteration(): void {
    this.#http.endIteration();
  }

  tell(what: number, text: string, bytes: Uint8Array | undefined): Answer {
    try {
      return this.#answers[what]?.(text, bytes);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (why === INTERRUPTED) return undefined;
      this.#why = why;
      return false;
    }
  }

  /** Rejects with INTERRUPTED, or with what the host throws. */
  async wait(what: number, text: string, bytes: Uint8Array | undefined): Promise<string> {
    const { host } = this.#parts;
    if (what === WAIT.sleep) {
      await host.sleep(Number(text));
      return '';
    }
    if (what === WAIT.request || what === WAIT.batch) return await this.#http.wait(what, text, bytes);
    const heard = await waitForSocket(host.sockets, what, text);
    this.#bytes = heard.bytes ?? NO_BYTES;
    return heard.text;
  }

  #plainAnswers(): Readonly<Record<number, Say>> {
    const { host } = this.#parts;
    const facts: Readonly<Record<string, unknown>> = new Proxy({}, { get: (_target, name) => Reflect.get(host.facts, name) });
    return {
      [ASK.why]: () => JSON.stringify(this.#why),
      [ASK.fact]: (name) => {
        const fact = facts[name];
        return typeof fact === 'number' || typeof fact === 'string' ? fact : undefined;
      },
      [ASK.settings]: () => JSON.stringify({ ...readSettings(host.http), systemTags: [...host.http.systemTags] }),
      [ASK.options]: () => JSON.stringify(host.options),
      [ASK.random]: () => host.random(),
      [ASK.seed]: (text) => void host.randomSeed(Number(text)),
      [ASK.log]: (text) => {
        const [level, said]: [LogLevel, string] = JSON.parse(text);
        host.log(level, said);
        return undefined;
      },
      [ASK.abort]: (text) => host.abort(String(JSON.parse(text))),
      [ASK.markFailed]: (text) => void host.markFailed(String(JSON.parse(text))),
      [ASK.metric]: (text) => {
        const [name, type, isTime]: [string, MetricType, boolean] = JSON.parse(text);
        host.metric(name, type, isTime);
        return undefined;
      },
      [ASK.sample]: (text) => {
        const [metric = '', value, tags = ''] = text.split('\n');
        host.sample(metric, Number(value), tags === '' ? undefined : this.#tagsOf(tags));
        return undefined;
      },
    };
  }

  #tagsOf(text: string): Tags {
    const known = this.#tags.get(text);
    if (known) return known;
    if (this.#tags.size >= TAGS_MAX) this.#tags.clear();
    const tags: Tags = JSON.parse(text);
    this.#tags.set(text, tags);
    return tags;
  }

  #labelAnswers(): Readonly<Record<number, Say>> {
    const { host } = this.#parts;
    const read = (text: string): readonly [map: Record<string, string>, name: string, value: string] => {
      const [map, name = '""', value = '""'] = text.split('\n');
      return [map === 'tags' ? host.tags : host.metadata, JSON.parse(name), JSON.parse(value)];
    };
    return {
      [ASK.label]: (text) => {
        const [map, name] = read(text);
        const value: unknown = map[name];
        return typeof value === 'string' ? withoutZero(value) : undefined;
      },
      [ASK.setLabel]: (text) => {
        const [map, name, value] = read(text);
        map[name] = value;
        return undefined;
      },
      [ASK.dropLabel]: (text) => {
        const [map, name] = read(text);
        delete map[name];
        return undefined;
      },
      [ASK.labels]: (text) => JSON.stringify(Object.keys(read(text)[0])),
    };
  }

  #dataAnswers(): Readonly<Record<number, Say>> {
    const { host, files } = this.#parts;
    return {
      [ASK.digest]: (text, bytes = NO_BYTES) => {
        const [algorithm, length, keyed]: [string, number, boolean] = JSON.parse(text);
        return host.digest(algorithm, bytes.subarray(0, length), keyed ? bytes.subarray(length) : undefined);
      },
      [ASK.randomBytes]: (text) => host.randomBytes(Number(text)),
      [ASK.shared]: (name) => sharedText(host, name),
      [ASK.share]: (text) => {
        const end = text.indexOf('\n');
        host.shared(String(JSON.parse(text.slice(0, end))), () => [text.slice(end + 1)]);
        return undefined;
      },
      [ASK.socketBytes]: () => this.#bytes,
      [ASK.decode]: (_text, bytes = NO_BYTES) => crossingText(bytes),
      [ASK.encode]: (text) => host.encodeText(String(JSON.parse(text))),
      [ASK.open]: (text) => {
        const [path, mode]: readonly unknown[] = JSON.parse(text);
        const content = files.open(path ?? undefined, mode ?? undefined);
        return typeof content === 'string' ? withoutZero(content) : new Uint8Array(content);
      },
    };
  }

  #eventAnswers(): Readonly<Record<number, Say>> {
    const { host } = this.#parts;
    return {
      [ASK.timer]: (text) => {
        const [delayMs, repeat]: [number, boolean] = JSON.parse(text);
        const number = host.setTimer(delayMs, repeat, () => {
          if (!repeat) this.timers.delete(number);
          this.#owner.timerDue(number);
        });
        this.timers.add(number);
        return number;
      },
      [ASK.clearTimer]: (text) => {
        this.timers.delete(Number(text));
        host.clearTimer(Number(text));
        return undefined;
      },
      [ASK.outcome]: (text) => void this.#owner.outcome(text),
      [ASK.failed]: (text) => void this.#owner.failed(JSON.parse(text)),
    };
  }
}

/** Settings may be getters. */
function readSettings({ userAgent, maxRedirects, discardResponseBodies, throws, batch, batchPerHost }: GlobalParts['host']['http']) {
  return { userAgent, maxRedirects, discardResponseBodies, throws, batch, batchPerHost };
}

/** What the first virtual user made of an array, as JSON; undefined where this is the first one. */
function sharedText(host: GlobalParts['host'], name: string): string | undefined {
  let isNew = false;
  try {
    const [text] = host.shared(name, () => {
      isNew = true;
      throw new Error('it is built inside');
    });
    return String(text);
  } catch (error) {
    if (isNew) return undefined;
    throw error;
  }
}
