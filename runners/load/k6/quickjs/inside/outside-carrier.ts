/** Requests of a script in QuickJS: they are carried out outside, and what they came to stays there until it is read. */
import type { AskedRequest } from '../../modules/http/asked.ts';
import type { Carrier } from '../../modules/http/carrier.ts';
import type { CookieJar } from '../../modules/http/cookie-jar.ts';
import type { Answered } from '../../modules/http/response.ts';
import type { ExpectedStatuses } from '../../modules/http/statuses.ts';
import { ASK, FAILED, WAIT } from '../bridge.ts';
import { askedBytes, askedText, headText, statusesText } from './asked-crossing.ts';
import { failureOf } from './bridge-inside.ts';
import { FactsReader } from './facts-crossing.ts';
import { KeptOutside } from './kept-outside.ts';
import { OutsideAnswered } from './outside-answered.ts';
import { OutsideJar } from './outside-jar.ts';
import { bufferWith, joined } from './packing.ts';

/** The way out: both throw where the outside failed. */
export interface HttpBridge {
  ask(what: number, text: string, bytes?: ArrayBuffer): unknown;
  wait(what: number, text: string, bytes?: ArrayBuffer): string;
}

interface Later {
  readonly resolve: (answered: Answered) => void;
  readonly reject: (error: Error) => void;
}

export class OutsideCarrier implements Carrier {
  readonly Jar: typeof CookieJar;
  readonly #bridge: HttpBridge;
  readonly #kept: KeptOutside;
  readonly #facts = new FactsReader();
  readonly #laters = new Map<number, Later>();
  #jar: CookieJar | undefined;

  constructor(bridge: HttpBridge) {
    const kept = new KeptOutside((numbers) => bridge.ask(ASK.gone, numbers));
    this.#bridge = bridge;
    this.#kept = kept;
    this.Jar = class extends OutsideJar {
      constructor() {
        const number = kept.next(1);
        super(bridge, number);
        kept.hold(number, this);
      }
    };
  }

  get jar(): CookieJar {
    this.#jar ??= this.#ownJar();
    return this.#jar;
  }

  expect(expected: ExpectedStatuses | null): void {
    this.#bridge.ask(ASK.expect, statusesText(expected));
  }

  /** A call from outside begins: what the one before has set off is not answered any more. */
  begin(): void {
    this.#laters.clear();
  }

  endIteration(): void {
    this.#jar = undefined;
  }

  async request(asked: AskedRequest): Promise<Answered> {
    const number = this.#kept.next(1);
    const bytes = askedBytes(asked);
    return this.#answered(number, this.#bridge.wait(WAIT.request, this.#text(number, asked), bytes && bufferWith(bytes)));
  }

  async together(asked: readonly AskedRequest[]): Promise<readonly Answered[]> {
    const first = this.#kept.next(asked.length);
    const lines = asked.map((each) => askedText(each, OutsideJar.numberOf));
    const bytes = joined(asked.flatMap((each) => askedBytes(each) ?? []));
    const texts: readonly string[] = JSON.parse(
      this.#bridge.wait(WAIT.batch, headText(first, this.#kept.takeGone()) + lines.join(''), bytes),
    );
    return texts.map((each, index) => this.#answered(first + index, each));
  }

  requestLater(asked: AskedRequest): Answered | Promise<Answered> {
    const number = this.#kept.next(1);
    const bytes = askedBytes(asked);
    const given = this.#bridge.ask(ASK.requestLater, this.#text(number, asked), bytes && bufferWith(bytes));
    if (typeof given === 'string') return this.#answered(number, given);
    return new Promise((resolve, reject) => this.#laters.set(number, { resolve, reject }));
  }

  /** What a request came to that nobody stood still for: its number, and behind a blank what it tells, or why it failed. */
  answeredLater(text: string): void {
    const end = text.indexOf(' ');
    const number = Number(text.slice(0, end));
    const later = this.#laters.get(number);
    this.#laters.delete(number);
    const told = text.slice(end + 1);
    if (told.startsWith(FAILED)) later?.reject(failureOf(told));
    else later?.resolve(this.#answered(number, told));
  }

  #text(number: number, asked: AskedRequest): string {
    return headText(number, this.#kept.takeGone()) + askedText(asked, OutsideJar.numberOf);
  }

  #answered(number: number, text: string): Answered {
    const answered = new OutsideAnswered(this.#bridge, number, this.#facts.read(text));
    this.#kept.hold(number, answered);
    return answered;
  }

  #ownJar(): CookieJar {
    const jar = new this.Jar();
    this.#bridge.ask(ASK.ownJar, String(OutsideJar.numberOf(jar)));
    return jar;
  }
}
