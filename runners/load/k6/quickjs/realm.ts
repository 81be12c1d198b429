/**
 * One virtual user's script in its own QuickJS. Calls of its functions come one at a time; while one stands still in a
 * request, timers and answers wait for their turn, as in the event loop of k6.
 */
import type { ScriptFailure } from '../exit-codes.ts';
import { INTERRUPTED } from '../host.ts';
import type { ScriptSurroundings } from '../script.ts';
import { DONE, ENTER, FAILED } from './bridge.ts';
import { Desk } from './desk.ts';
import type { QuickJsEngine } from './engine.ts';
import { failureOf, overdueFailure, TURN_MS_MAX } from './failures.ts';
import { Machine, type Outside } from './machine.ts';
import { MachineError } from './machine-errors.ts';
import { isThrown, readOutcome, ScriptError, thrownError, thrownIn, valueIn } from './outcome.ts';
import type { Template } from './template.ts';

/** Rounds of jobs that are run out when an iteration is given up. */
const DRAIN_MAX = 1000;

/** A script as a realm takes it. */
export interface RealmCode {
  readonly template: Template;
  /** A stack of the script in the author's places. */
  readonly originalStack: (stack: string) => string;
}

export interface RealmExports {
  readonly functions: readonly string[];
  readonly options?: unknown;
}

interface Event {
  readonly what: number;
  readonly text: () => string;
}

export class Realm implements Outside {
  readonly #around: ScriptSurroundings;
  readonly #engine: QuickJsEngine;
  readonly #code: RealmCode;
  readonly #desk: Desk;
  readonly #machine: Machine;
  #events: Event[] = [];
  /** Timers whose time has come and whose turn has not. */
  readonly #due = new Set<number>();
  #onEvent: () => void = () => {};
  #onGiveUp: () => void = () => {};
  /** What is under way was given up: it goes no further, and is run out. */
  #givenUp = false;
  #overdue = false;
  #broken: ScriptFailure | undefined;
  /** All virtual users together took too much memory while this one waited: what runs inside is ended. */
  #full: { readonly error: unknown } | undefined;
  /** When what runs inside began to, or went on. */
  #turnBeganMs = 0;
  #outcome: string | undefined;
  #failure: { readonly error: unknown } | undefined;
  #isAnew = false;
  /** Whether `__ENV` may have changed since it went in: the scenario adds to it after the init context. */
  #isEnvironmentOld = true;
  #data: unknown;
  /** Counted up when what is under way is given up: calls from before do not begin any more. */
  #life = 0;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(around: ScriptSurroundings, engine: QuickJsEngine, code: RealmCode, machine: (outside: Outside) => Machine) {
    this.#around = around;
    this.#engine = engine;
    this.#code = code;
    this.#desk = new Desk(around, {
      timerDue: (number) => this.#timerDue(number),
      answered: (text) => this.#arrive({ what: ENTER.answered, text }),
      outcome: (text) => {
        this.#outcome = text;
      },
      failed: (thrown) => {
        this.#failure ??= { error: thrownError(thrown) };
      },
    });
    around.onGiveUp(() => this.#giveUp());
    this.#machine = machine(this);
  }

  /** Runs the init context. Rejects with what it throws, or with ScriptFailure. */
  static async open(around: ScriptSurroundings, engine: QuickJsEngine, code: RealmCode): Promise<{ realm: Realm; exports: RealmExports }> {
    const { image } = code.template;
    const module = await engine.instance(image.bytes);
    const realm = new Realm(around, engine, code, (outside) => new Machine(module, outside, image));
    return { realm, exports: await realm.#open() };
  }

  /** The next call begins an iteration: what belongs to the one before is dropped. */
  beginAnew(): void {
    this.#isAnew = true;
  }

  /** Calls an exported function and waits for all that it set off. Rejects with what it throws, INTERRUPTED, or ScriptFailure. */
  call(name: string, given: readonly unknown[]): Promise<unknown> {
    const life = this.#life;
    const call = this.#last.then(() => {
      if (life !== this.#life) throw new Error(INTERRUPTED);
      return this.#run(name, given);
    });
    this.#last = call.catch(() => {});
    return call;
  }

  tell(what: number, text: string, bytes: Uint8Array | undefined) {
    return this.#givenUp ? undefined : this.#desk.tell(what, text, bytes);
  }

  wait(what: number, text: string, bytes: Uint8Array | undefined): Promise<string | undefined> {
    if (this.#givenUp) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      let isOver = false;
      const end = (given: string | undefined): void => {
        if (isOver) return;
        isOver = true;
        if (given === undefined) this.#givenUp = true;
        this.#turnBeganMs = performance.now();
        this.#look();
        resolve(given);
      };
      this.#onGiveUp = () => end(undefined);
      this.#desk.wait(what, text, bytes).then(end, (error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        end(why === INTERRUPTED ? undefined : FAILED + JSON.stringify(why));
      });
    });
  }

  interrupts(): boolean {
    if (this.#givenUp || this.#full) return true;
    this.#overdue ||= performance.now() - this.#turnBeganMs > TURN_MS_MAX;
    return this.#overdue;
  }

  async #open(): Promise<RealmExports> {
    const { environment, vu } = this.#around;
    this.#turnBeganMs = performance.now();
    try {
      readOutcome(await this.#enter(ENTER.begin, JSON.stringify({ environment, vu })));
      const exports: RealmExports = JSON.parse(readOutcome(await this.#enter(ENTER.script, '', this.#code.template.factory)));
      await this.#jobs();
      return exports;
    } catch (error) {
      throw this.#explain(error);
    }
  }

  async #run(name: string, given: readonly unknown[]): Promise<unknown> {
    if (this.#broken) throw this.#broken;
    this.#begin();
    try {
      await this.#prepare(given[0]);
      const what = this.#isAnew ? ENTER.callAnew : ENTER.call;
      if (this.#isAnew) this.#desk.endIteration();
      this.#isAnew = false;
      this.#outcome = (await this.#enter(what, `${this.#around.iteration()} ${name}`)) || undefined;
      if (!isThrown(this.#outcome)) await this.#settle();
      if (this.#failure && !isThrown(this.#outcome)) throw this.#failure.error;
      return valueIn(readOutcome(this.#outcome ?? DONE));
    } catch (error) {
      this.#forget();
      throw await this.#afterwards(error);
    }
  }

  #begin(): void {
    this.#givenUp = false;
    this.#outcome = undefined;
    this.#failure = undefined;
    this.#events = [];
    this.#due.clear();
    this.#desk.begin();
  }

  /** What has changed since the last call goes in ahead of this one. */
  async #prepare(data: unknown): Promise<void> {
    if (this.#isEnvironmentOld) readOutcome(await this.#enter(ENTER.environment, JSON.stringify(this.#around.environment)));
    this.#isEnvironmentOld = false;
    if (data !== this.#data) readOutcome(await this.#enter(ENTER.data, data === undefined ? '' : JSON.stringify(data)));
    this.#data = data;
  }

  /** Until nothing is to be waited for any more. */
  async #settle(): Promise<void> {
    await this.#jobs();
    for (;;) {
      if (this.#givenUp) throw new Error(INTERRUPTED);
      if (isThrown(this.#outcome)) return;
      const event = this.#events.shift();
      if (event) {
        const outcome = await this.#enter(event.what, event.text());
        if (isThrown(outcome)) this.#failure ??= { error: thrownIn(outcome) };
        await this.#jobs();
      } else if (this.#desk.isWaiting) {
        await new Promise<void>((resolve) => {
          this.#onEvent = resolve;
        });
      } else return;
    }
  }

  async #jobs(): Promise<void> {
    this.#turnBeganMs = performance.now();
    while (this.#machine.hasJobs) await this.#machine.runJobs();
  }

  async #enter(what: number, text: string, value?: number): Promise<string> {
    this.#turnBeganMs = performance.now();
    const given = await this.#machine.call(this.#code.template.entrance, what, text, value);
    this.#engine.look();
    return given;
  }

  /** One that comes again before its turn comes once. */
  #timerDue(number: number): void {
    if (this.#due.has(number)) return;
    this.#due.add(number);
    this.#arrive({
      what: ENTER.timer,
      text: () => {
        this.#due.delete(number);
        return String(number);
      },
    });
  }

  #arrive(event: Event): void {
    if (this.#givenUp) return;
    this.#events.push(event);
    this.#onEvent();
  }

  #giveUp(): void {
    this.#life += 1;
    this.#givenUp = true;
    this.#onGiveUp();
    this.#onEvent();
  }

  /** What was set off by a function that threw is not waited for. */
  #forget(): void {
    for (const number of this.#desk.timers) this.#around.host.clearTimer(number);
    this.#events = [];
  }

  /** The error as it goes on from here, when nothing runs inside any more. */
  async #afterwards(error: unknown): Promise<unknown> {
    if (!this.#givenUp) return this.#explain(error);
    for (let round = 0; round < DRAIN_MAX && this.#machine.hasJobs; round += 1) await this.#machine.runJobs().catch(() => {});
    return new Error(INTERRUPTED);
  }

  /** What answers bring is kept outside, and one iteration may make any number of requests. */
  #look(): void {
    try {
      this.#engine.look();
    } catch (error) {
      this.#full = { error };
    }
  }

  #explain(thrown: unknown): unknown {
    const { error } = this.#full ?? { error: thrown };
    const place = (stack: string): string => this.#placeIn(stack);
    const failure = this.#overdue ? overdueFailure(error, place) : failureOf(error, place);
    if (failure) this.#broken = failure;
    return failure ?? (error instanceof MachineError ? new ScriptError(error.innerName, error.message, error.innerStack) : error);
  }

  #placeIn(stack: string): string {
    const lines = this.#code.originalStack(`Error\n${stack}`).split('\n');
    return lines.map((line) => (/^\s+at /.test(line) ? `\n${line}` : '')).join('');
  }
}
