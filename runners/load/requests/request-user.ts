/** A virtual user of requests: goes through the steps of its iteration, one request at a time, and is itself what the engine carries. */
import { ANSWERS, type Outcome } from '../../../probes/slo/load-cells.ts';
import type { Delayed } from '../pacing/delays.ts';
import { drawMs } from '../pacing/random.ts';
import type { SeriesRecorder } from '../recording/recorder.ts';
import type { Answer, Engine, Failure, Job, Origin } from '../transport/engine.ts';
import { isReplayable, type RequestMessage } from '../transport/message.ts';
import { isGivenUp } from '../transport/outcomes.ts';
import type { IterationEnd, UserOwner, VirtualUser } from '../workload.ts';
import { AnswerView } from './answer-view.ts';
import { Cookies } from './cookies.ts';
import type { PreparedStep } from './iterations.ts';
import { nextHop } from './redirect.ts';
import type { PreparedRequest } from './request-template.ts';
import type { RequestsWorkload } from './requests-workload.ts';
import { Values } from './values.ts';

/** What a virtual user holds before its first request. */
const NO_MESSAGE: RequestMessage = { method: 'GET', target: '/', authority: '', headers: [], body: undefined };
const NO_STEPS: readonly PreparedStep[] = [];

export class RequestUser implements VirtualUser, Job {
  message: RequestMessage = NO_MESSAGE;
  replayable = false;
  keep: Job['keep'] = 'nothing';
  deadlineMs = 0;
  readonly #workload: RequestsWorkload;
  readonly #owner: UserOwner;
  readonly #values: Values;
  readonly #cookies: Cookies | undefined;
  #steps = NO_STEPS;
  #step = 0;
  #request: PreparedRequest | undefined;
  #origin: Origin | undefined;
  #engine: Engine | undefined;
  #series: SeriesRecorder;
  #pause: Delayed | undefined;
  /** When the iteration began, and when it was meant to. */
  #begunMs = 0;
  #meantMs = 0;
  /** Redirects that are still followed. */
  #hopsLeft = 0;
  #intendedMs = 0;
  #sentMs = Number.NaN;

  constructor(workload: RequestsWorkload, id: number, owner: UserOwner) {
    this.#workload = workload;
    this.#owner = owner;
    this.#series = workload.series;
    this.#values = new Values(workload.prepared.slots, id);
    this.#cookies = workload.prepared.cookies === 'off' ? undefined : new Cookies();
  }

  iterate(intendedMs: number, nowMs: number, number: number): void {
    this.#values.begin(number);
    if (this.#workload.prepared.cookies === 'iteration') this.#cookies?.clear();
    this.#steps = this.#workload.draw()?.steps ?? NO_STEPS;
    this.#step = 0;
    this.#begunMs = nowMs;
    this.#meantMs = intendedMs;
    this.#goOn(intendedMs, nowMs);
  }

  interrupt(): void {
    if (this.#pause) this.interruptPause();
    else this.#engine?.cancel(this);
  }

  /** Ends a pause, and the iteration with it; nothing where none is under way. */
  interruptPause(): void {
    if (!this.#pause) return;
    this.#pause.cancel();
    this.#end('interrupted');
  }

  sent(atMs: number): void {
    if (Number.isNaN(this.#sentMs)) this.#series.sent(this.#intendedMs);
    this.#sentMs = atMs;
  }

  settle(outcome: Outcome, atMs: number, answer: Answer | undefined, failure?: Failure): void {
    const request = this.#request;
    const series = this.#workload.endedIn(this.#series, outcome, answer, failure);
    series.settled(this.#intendedMs, this.#sentMs, atMs, outcome, isGivenUp(failure) ? false : undefined);
    this.#engine = undefined;
    if (outcome === 'dropped' || !request) {
      this.#end('interrupted');
      return;
    }
    const view = answer && new AnswerView(answer, atMs - this.#sentMs);
    if (view && this.#follow(view, atMs)) return;
    const complete = this.#look(request, view);
    if (!ANSWERS.has(outcome)) this.#end('failed');
    else if (complete) this.#goOn(atMs, atMs);
    else this.#end('completed');
  }

  /** Takes the next step: a request is sent, a pause is waited for, and after the last one the iteration has ended. */
  #goOn(intendedMs: number, nowMs: number): void {
    const step = this.#steps[this.#step];
    this.#step += 1;
    if (!step) {
      this.#end('completed');
    } else if (step.type === 'think') {
      this.#think(nowMs + drawMs(step.pause, this.#workload.random));
    } else {
      const { request } = step;
      this.#request = request;
      this.#series = this.#workload.seriesOf(request);
      this.#hopsLeft = request.redirects;
      this.#send(request.origin, request.message(this.#values), intendedMs, nowMs);
    }
  }

  /** A pause that is over already is none: what comes after it is under way by then. */
  #think(untilMs: number): void {
    let over = false;
    const pause = this.#workload.delays.at(untilMs, (dueMs, atMs) => {
      over = true;
      this.#pause = undefined;
      this.#workload.lag(atMs - dueMs);
      this.#goOn(dueMs, atMs);
    });
    if (!over) this.#pause = pause;
  }

  #send(origin: Origin, message: RequestMessage, intendedMs: number, nowMs: number): void {
    const request = this.#request;
    if (!request) return;
    this.#origin = origin;
    this.message = this.#cookies ? withCookies(message, this.#cookies.header(urlOf(origin, message))) : message;
    this.replayable = isReplayable(message.method);
    this.keep = request.keep === 'nothing' && this.#workload.asksForAnswers ? 'head' : request.keep;
    this.deadlineMs = nowMs + request.timeoutMs;
    this.#intendedMs = intendedMs;
    this.#sentMs = Number.NaN;
    this.#series.planned(intendedMs);
    this.#engine = this.#workload.engineOf(origin);
    this.#engine.send(this);
  }

  /** Keeps cookies, and goes where the answer leads; false where it is the last. */
  #follow(view: AnswerView, atMs: number): boolean {
    const origin = this.#origin;
    if (!origin) return false;
    const url = urlOf(origin, this.message);
    this.#cookies?.keep(url, view.headers('set-cookie'));
    const hop = this.#hopsLeft > 0 ? nextHop(view, url, this.message) : undefined;
    if (!hop || !this.#workload.reaches(hop.origin)) return false;
    this.#hopsLeft -= 1;
    this.#send(hop.origin, hop.message, atMs, atMs);
    return true;
  }

  /**
   * Counts what is checked of the answer, and keeps what is taken from it; false where something that is needed is not
   * there. What needs a body that is too large for us is not counted.
   */
  #look(request: PreparedRequest, view: AnswerView | undefined): boolean {
    const isKnown = ({ needsBody }: { readonly needsBody: boolean }) => !(needsBody && view?.whole === false);
    let complete = true;
    for (const check of request.checks) {
      if (!isKnown(check)) continue;
      this.#series.check(this.#intendedMs, check.name, view !== undefined && check.passes(view, this.#values));
    }
    for (const extraction of request.extracts) {
      const known = isKnown(extraction);
      const value = known ? view && extraction.take(view) : undefined;
      if (known) this.#series.check(this.#intendedMs, extraction.check, value !== undefined);
      if (value === undefined) complete = false;
      else this.#values.keep(extraction.name, value);
    }
    return complete;
  }

  /** Of one request, the duration is the request's own. */
  #count(): void {
    const { series, clock } = this.#workload;
    series.iteration(this.#meantMs);
    const nowMs = clock.nowMs();
    if (this.#steps.length > 1) series.sample('iteration_duration', nowMs - this.#begunMs, nowMs);
  }

  #end(end: IterationEnd): void {
    this.#pause = undefined;
    this.#engine = undefined;
    this.#request = undefined;
    if (end !== 'interrupted') this.#count();
    this.#owner.ended(end);
  }
}

/** What cookies go by; a Unix socket is localhost. */
function urlOf(origin: Origin, { target }: RequestMessage): string {
  return origin.socketPath === undefined ? `${origin.text}${target}` : `${origin.secure ? 'https' : 'http'}://localhost${target}`;
}

/** The message with the jar's cookies behind those that it has itself. */
function withCookies(message: RequestMessage, cookies: string | undefined): RequestMessage {
  if (cookies === undefined) return message;
  const { http1: _, ...parts } = message;
  const own = message.headers.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'cookie');
  if (own === -1) return { ...parts, headers: [...message.headers, 'Cookie', cookies] };
  return { ...parts, headers: message.headers.map((text, index) => (index === own + 1 ? `${text}; ${cookies}` : text)) };
}
