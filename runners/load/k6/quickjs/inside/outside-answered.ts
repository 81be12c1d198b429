/** What a request came to: beside what each response tells it is kept outside, and crosses when it is first read. */
import type { HostTimings } from '../../host.ts';
import { utf8Text } from '../../modules/bytes.ts';
import type { Answered, ResponseCookie, ResponseFacts, ResponseRequest } from '../../modules/http/response.ts';
import { ASK } from '../bridge.ts';
import { bufferOf } from './packing.ts';

/** The way out. */
export interface AskBridge {
  ask(what: number, text: string): unknown;
}

export class OutsideAnswered implements Answered {
  readonly facts: ResponseFacts;
  readonly #bridge: AskBridge;
  readonly #number: number;

  constructor(bridge: AskBridge, number: number, facts: ResponseFacts) {
    this.facts = facts;
    this.#bridge = bridge;
    this.#number = number;
  }

  timings(): HostTimings {
    return JSON.parse(String(this.#given(ASK.timings)));
  }

  body(): string | ArrayBuffer | null {
    const given = this.#given(ASK.body);
    if (typeof given === 'number') return utf8Text(new Uint8Array(bufferOf(this.#given(ASK.bodyBytes))));
    return typeof given === 'string' || given instanceof ArrayBuffer ? given : null;
  }

  headers(): Record<string, string> {
    return JSON.parse(String(this.#given(ASK.headers)));
  }

  cookies(): Record<string, ResponseCookie[]> {
    return JSON.parse(String(this.#given(ASK.cookies)));
  }

  request(): ResponseRequest {
    return JSON.parse(String(this.#given(ASK.request)));
  }

  #given(what: number): unknown {
    return this.#bridge.ask(what, String(this.#number));
  }
}
