/** What a response tells when it is asked: it is kept outside, and crosses when it is first read. */
import { utf8Text } from '../../modules/bytes.ts';
import type { ResponseCookie, ResponseParts, ResponseRequest } from '../../modules/http/response.ts';
import { ASK } from '../bridge.ts';
import { bufferOf } from './packing.ts';

type Ask = (what: number, text: string) => unknown;

export class OutsideParts implements ResponseParts {
  readonly #ask: Ask;
  readonly #number: number;

  constructor(ask: Ask, number: number) {
    this.#ask = ask;
    this.#number = number;
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
    return this.#ask(what, String(this.#number));
  }
}
